import type { Load } from '../../../tools/load.ts';
import type { Machine } from '../../../tools/machine/machine.ts';

/** A pool of test/e2e/workers/worker.py, which serves `ok` until `behave` says otherwise. `slots` is `8000-8003`, or a line of its own. */
export async function addPool(m: Machine, name: string, slots: string, more = ''): Promise<void> {
  await m.run('mkdir -p /srv/modes; cp test/e2e/workers/worker.py /srv/');
  await behave(m, name, 'ok');
  const named = slots.includes('=') ? slots : `Ports=${slots}`;
  const text = `[Pool]\nExec=/srv/worker.py %i ${name}\n${named}\n[Nginx]\nLocation=/${name}\n${more}`;
  await m.pool(name, text);
}

/** How workers of the pool that start from now on are to behave: `ok`, `exit 1`, `silent` and so on, see worker.py. */
export const behave = (m: Machine, name: string, mode: string): Promise<string> =>
  m.write(`/srv/modes/${name}`, mode);

/** The status that nginx gives at a path, or 000. */
export const code = (m: Machine, path: string): Promise<string> =>
  m.run(`curl -s -o /dev/null --max-time 5 -w '%{http_code}' http://localhost${path} || true`);

/**
 * Runs `during` while requests go on at a steady rate, whatever becomes of them, and tells how many failed. Options as
 * tools/load.mjs has them.
 */
export async function underLoad(
  m: Machine,
  path: string,
  during: () => Promise<unknown>,
  options = '--rate 50',
): Promise<Load> {
  const until = '--seconds 240 --stop /srv/stop --out /srv/load.json';
  const load = `node tools/load.mjs 'http://localhost${path}' ${options} ${until}`;
  await m.run('mkdir -p /srv; rm -f /srv/stop /srv/load.json');
  const running = m.run(load);
  try {
    await during();
  } finally {
    await m.run('touch /srv/stop');
    await running;
  }
  return JSON.parse(await m.run('cat /srv/load.json')) as Load;
}

/** Awaits that the status tells of such problems of the machine as a whole; what it tells. */
export async function untilProblem(m: Machine, holds: (text: string) => boolean): Promise<string> {
  const end = Date.now() + 30_000;
  for (;;) {
    const text = (await m.status()).problems.join('\n');
    if (holds(text)) return text;
    if (Date.now() > end) throw new Error(`${holds} never came true: ${text}`);
  }
}

/** Has the timer tick every second: a test of scaling need not wait for five. */
export const tickSoon = (m: Machine): Promise<string> =>
  m.write(
    '/etc/systemd/system/cgipool-autoscale.timer.d/soon.conf',
    '[Timer]\nOnActiveSec=\nOnActiveSec=1s\nOnUnitActiveSec=1s\n',
  );
