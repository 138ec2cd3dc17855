import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { isThere, removeFile } from '../host/files/files.ts';
import { SocketTables } from '../host/kernel/sockets.ts';
import { isNginxUp, replaceConfig, testNginx } from '../host/nginx/nginx.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { pause } from '../host/wait.ts';
import { parseWakeUnitName, socketPath, wakeSocketPath } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';

const POLL_INTERVAL_MS = 50;

/** nginx's configuration does not load already with our texts in it: then it can only be left as it runs. */
async function letGoUntested(bus: Bus, texts: readonly string[], fault: string): Promise<Result<string[]>> {
  for (const path of texts) await rm(path, { force: true });
  if (!(await isNginxUp(bus))) return ok([]);
  return ok([`nginx was not reloaded and goes on as it was, since its configuration is broken: ${fault}`]);
}

/**
 * Takes our texts out of nginx and awaits that it serves without them. Fails, with all put back, where the
 * administrator's own configuration needs them. The value: warnings.
 */
export async function releaseNginx(
  bus: Bus,
  texts: readonly string[],
  control: string,
): Promise<Result<string[]>> {
  const tested = await testNginx();
  const gone = tested.ok
    ? await replaceConfig(bus, new Map(texts.map(path => [path, null])), control, null)
    : await letGoUntested(bus, texts, tested.error);
  if (!gone.ok)
    return err(`nginx does not let go of cgipool, and nothing was removed: ${gone.error}\n${CURE}`);
  await rm(dirname(paths.upstreams), { recursive: true, force: true });
  return ok(gone.value ?? []);
}

const CURE =
  'Where your own server blocks include /etc/nginx/cgipool/locations.conf, remove that line and try again.';

const keysOf = (pool: Pool): string[] =>
  pool.slots.map(slot => (pool.listen === 'tcp' ? String(slot) : socketPath(pool.name, slot)));

/** Awaits that no instance holds a request any more, at most as long as each pool's DrainTimeout= allows. */
export async function awaitDrained(pools: readonly Pool[]): Promise<void> {
  const began = Date.now();
  for (;;) {
    const waited = Date.now() - began;
    const { connections } = new SocketTables().read();
    const patient = pools.filter(pool => waited < pool.drainTimeout);
    if (!patient.some(pool => keysOf(pool).some(key => connections.has(key)))) return;
    await pause(POLL_INTERVAL_MS);
  }
}

/** Without its unit file systemd no longer knows that it is to remove the socket; nginx has let go of it. */
export async function removeWakeSockets(touched: readonly string[]): Promise<void> {
  for (const path of touched) {
    const bell = parseWakeUnitName(basename(path));
    if (bell?.kind === 'socket' && !(await isThere(path))) await removeFile(wakeSocketPath(bell.pool));
  }
}
