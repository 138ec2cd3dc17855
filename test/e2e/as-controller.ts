import type { Machine } from '../../tools/machine/machine.ts';

/** Runs a command like the controller: with its user, its groups, and its view of the file system. */
export async function asController(m: Machine, command: string) {
  const pid = await m.run('systemctl show -P MainPID cgipool.service');
  const groups = (await m.run(`grep ^Groups: /proc/${pid}/status | cut -f2`)).trim().replaceAll(' ', ',');
  return m.attempt(
    `nsenter -t ${pid} -m -- setpriv --reuid=cgipool --regid=cgipool --groups=${groups || 'cgipool'} bash -c "$(cat)"`,
    command,
  );
}
