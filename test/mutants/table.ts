import { LEARN } from './learn.ts';
import type { Mutant } from './mutant.ts';
import { REPLACE } from './replace.ts';
import { ROUTE, STATE, STATUS } from './route.ts';
import { SCALE } from './scale.ts';
import { SIZE } from './size.ts';

/** All faults, of all files of the planner and the scaler that do anything. */
export const MUTANTS: readonly Mutant[] = [
  ...LEARN,
  ...SIZE,
  ...REPLACE,
  ...ROUTE,
  ...STATE,
  ...STATUS,
  ...SCALE,
];
