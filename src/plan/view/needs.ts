import { requiredBy } from '../../model/traits.ts';
import type { View } from './pass.ts';

/** Units that somebody stopped, and that a start of an instance would start again. A failed one systemd may try. */
export const awaitedNeeds = ({ memory, world }: View): string[] =>
  memory.needed.filter(unit => (world.needs.get(unit) ?? 'down') === 'down');

/** Units that failed, without which no instance starts. */
export const failedNeeds = ({ pool, world }: View): string[] =>
  requiredBy(pool).filter(unit => world.needs.get(unit) === 'failed');
