import { requiredBy } from '../../model/traits.ts';
import type { Learning } from '../view/pass.ts';

/** Remembers which of the units that a start pulls in were up: one that is down afterwards was stopped. */
export function watchNeeds(pass: Learning): void {
  const { memory, world, pool } = pass;
  memory.needed = requiredBy(pool).filter(
    unit => world.needs.get(unit) === 'up' || memory.needed.includes(unit),
  );
}
