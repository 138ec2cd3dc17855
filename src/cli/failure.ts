/** Exit statuses: 1 failed, 2 wrong usage or a mistake in a pool file. */
type ExitCode = 1 | 2;

/** Ends a command with a message for the administrator, without a stack trace. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly code: ExitCode = 1,
  ) {
    super(message);
  }
}

/** Throws unless the command runs as root. */
export function requireRoot(command: string, does = 'changes the system'): void {
  if (process.getuid?.() !== 0) throw new Failure(`${command} ${does}: use sudo ${command}`);
}
