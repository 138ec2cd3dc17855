import { execa } from 'execa';

/** Enough for hundreds of units on a loaded machine. */
const ANALYZE_TIMEOUT_MS = 60_000;

/** What systemd ignores or refuses in a unit file. */
export interface UnitFault {
  /** As it was given. */
  file: string;
  /** From 1; 0 when systemd names none. */
  line: number;
  message: string;
}

/** `/run/x/a.service:7: Invalid CPU weight, ignoring: many`. Other lines are about what is obsolete, and works. */
const ON_LINE = /^(\/.*):(\d+): (.*\bignor(?:ing|ed)\b.*)$/;
/** `a.service: Service has Restart= set to ..., which isn't allowed for Type=oneshot services. Refusing.` */
const ON_UNIT = /^(\S+\.\w+): (.*\bRefusing\.?)$/;

function faultIn(text: string, files: readonly string[]): UnitFault[] {
  const [, file = '', line = '', message = ''] = ON_LINE.exec(text) ?? [];
  if (files.includes(file)) return [{ file, line: Number(line), message }];
  const [, unit = '', refusal = ''] = ON_UNIT.exec(text) ?? [];
  return files
    .filter(path => path.endsWith(`/${unit}`))
    .map(path => ({ file: path, line: 0, message: refusal }));
}

/** What `systemd-analyze verify` finds in unit files, by absolute paths; nothing where there is no systemd to ask. */
export async function unitFaults(files: readonly string[]): Promise<UnitFault[]> {
  const args = ['verify', '--man=no', '--recursive-errors=no', '--', ...files];
  const { stderr } = await execa('systemd-analyze', args, {
    reject: false,
    timeout: ANALYZE_TIMEOUT_MS,
    stdin: 'ignore',
    env: { LC_ALL: 'C', SYSTEMD_LOG_TARGET: 'console', SYSTEMD_LOG_COLOR: '0' },
  });
  return (stderr ?? '').split('\n').flatMap(line => faultIn(line, files));
}
