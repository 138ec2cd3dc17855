import { Failure } from './failure.ts';

/** Throws unless the command runs as root. */
export function requireRoot(command: string): void {
  if (process.getuid?.() !== 0) throw new Failure(`${command} changes the system: use sudo ${command}`);
}
