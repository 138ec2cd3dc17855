import type { InstalledPool } from '../../src/model/installed.ts';
import type { Action } from '../../src/plan/action.ts';
import type { FakeWorld } from '../plan/fake-world.ts';
import type { VirtualClock } from './clock.ts';
import type { Load } from './load.ts';
import type { Oracle } from './oracle/oracle.ts';
import type { Random } from './random.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything around the controller. */
export interface Stage {
  readonly random: Random;
  readonly fake: FakeWorld;
  readonly clock: VirtualClock;
  readonly load: Load;
  readonly surroundings: Surroundings;
  readonly oracle: Oracle;
  installed: { pools: InstalledPool[] };
  /** Keeps an action for the report of a failed run. */
  record: (action: Action) => void;
}
