import { writeFileSync } from 'node:fs';
import { ask } from '../load.ts';
import type { Notes } from '../notes.ts';
import { numbers, sh, until } from '../shell.ts';

/*
 * What of a publish is not cgipool's own: a process in its sandbox, nginx's test, and nginx's way to a new configuration.
 */

/** The unit of the publish step, but with a program that does nothing. */
export const EMPTY_STEP = 'bench-empty-step.service';
const PORT = 9099;

const serve = (text: string): void =>
  writeFileSync(
    '/etc/nginx/conf.d/bench-floor.conf',
    `server { listen 127.0.0.1:${PORT}; location = / { return 200 "${text}"; } }\n`,
  );

/** Writes the unit, and has nginx listen on a port of this row's own. */
export async function bringFloor(): Promise<void> {
  const step = await sh('cat /etc/systemd/system/cgipool-publish.service');
  writeFileSync(`/etc/systemd/system/${EMPTY_STEP}`, step.replace(/^(ExecStart=\S+).*$/m, '$1 -e 0'));
  serve('first');
  await sh('systemctl daemon-reload; systemctl reload nginx');
}

/** From the signal to the first answer by the new configuration. */
export async function reloadNginx(notes: Notes, round: number): Promise<void> {
  serve(`round ${round}`);
  const [master = 0] = numbers(await sh('systemctl show -P MainPID nginx.service'));
  process.kill(master, 'SIGHUP');
  const isNew = async (): Promise<boolean> => (await ask(`http://127.0.0.1:${PORT}/`)) === `round ${round}`;
  notes.add('self', 'nginx alone', 'reload to first request', 'ms', await until(isNew, 10_000, 1));
}
