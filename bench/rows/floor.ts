import { writeFileSync } from 'node:fs';
import { ask } from '../load.ts';
import type { Notes } from '../notes.ts';
import { numbers, sh, until } from '../shell.ts';

/*
 * The part of a publish that is not cgipool's own: a process in its sandbox, nginx's test, and nginx's reload.
 */

/** The unit of the publish step with a program that does nothing. */
export const EMPTY_STEP = 'bench-empty-step.service';
const PORT = 9099;

const serve = (text: string): void =>
  writeFileSync(
    '/etc/nginx/conf.d/bench-floor.conf',
    `server { listen 127.0.0.1:${PORT}; location = / { return 200 "${text}"; } }\n`,
  );

/** Installs the unit, and a server of nginx on a port of this row. */
export async function installFloor(): Promise<void> {
  const step = await sh('cat /etc/systemd/system/cgipool-publish.service');
  writeFileSync(`/etc/systemd/system/${EMPTY_STEP}`, step.replace(/^(ExecStart=\S+).*$/m, '$1 -e 0'));
  serve('first');
  await sh('systemctl daemon-reload; systemctl reload nginx');
}

/** Measures the time from the signal to the first answer with the new configuration. */
export async function reloadNginx(notes: Notes, round: number): Promise<void> {
  serve(`round ${round}`);
  const [master = 0] = numbers(await sh('systemctl show -P MainPID nginx.service'));
  process.kill(master, 'SIGHUP');
  const isNew = async (): Promise<boolean> => (await ask(`http://127.0.0.1:${PORT}/`)) === `round ${round}`;
  notes.add('self', 'nginx alone', 'reload to first request', 'ms', await until(isNew, 10_000, 1));
}
