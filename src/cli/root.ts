import { Failure } from './failure.ts';

/** Throws unless the command runs as root. */
export function requireRoot(command: string, does = 'changes the system'): void {
  if (process.getuid?.() !== 0) throw new Failure(`${command} ${does}: use sudo ${command}`);
}
