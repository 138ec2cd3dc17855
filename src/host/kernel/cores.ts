import { availableParallelism } from 'node:os';

/** The cores that this process may use. */
export const cores = (): number => availableParallelism();
