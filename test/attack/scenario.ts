import type { Machine } from '../../tools/machine/machine.ts';

/** A way to attack a machine on which cgipool and pools are installed. */
export interface Scenario {
  /** Installs what is attacked. */
  prepare: (m: Machine) => Promise<void>;
  /**
   * Attacks, with each of its means for so many seconds, and tells what it measures, line by line. Returns what must not happen,
   * and did.
   */
  attack: (m: Machine, seconds: number, tell: (line: string) => void) => Promise<string[]>;
}
