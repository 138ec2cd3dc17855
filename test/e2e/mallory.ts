import type { Machine } from '../../tools/machine/machine.ts';

/** A local user without rights, and programs that she runs. */
const NAME = 'mallory';

export const addMallory = (m: Machine): Promise<string> => m.run(`useradd --system ${NAME}`);

/** The words before a command that she runs. */
export const AS_MALLORY = `setpriv --reuid=${NAME} --regid=${NAME} --clear-groups --no-new-privs`;

/** Runs a Python program as her; returns what it prints. */
export const asMallory = (m: Machine, program: string, ...args: (string | number)[]): Promise<string> =>
  m.run(`${AS_MALLORY} /usr/bin/python3 - ${args.join(' ')}`, program);

/** Ends her program in the background. */
export const endMallory = (m: Machine): Promise<string> =>
  m.run('systemctl stop mallory 2>/dev/null; systemctl reset-failed mallory 2>/dev/null || true');

/** Runs a Python program of hers in the background, until it has made the file /run/mallory/ready; it may write others there. */
export async function startMallory(m: Machine, program: string): Promise<void> {
  await endMallory(m);
  await m.write('/srv/mallory.py', program);
  await m.run(
    `systemd-run --quiet --unit mallory --uid ${NAME} -p RuntimeDirectory=mallory /usr/bin/python3 /srv/mallory.py`,
  );
  await m.await('ls /run/mallory/ready');
}
