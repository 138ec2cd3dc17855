import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { pause } from '../host/clock.ts';
import { isThere, removeFile } from '../host/files/files.ts';
import { SocketTables } from '../host/kernel/sockets.ts';
import { isNginxUp, replaceConfig, testNginx } from '../host/nginx/nginx.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { parseWakeUnitName, socketPath, wakeSocketPath } from '../model/names.ts';
import type { Pool } from '../model/pool.ts';

const POLL_INTERVAL_MS = 50;

/** If nginx's configuration is broken even with our files in it, they are removed without a reload. */
async function removeUntested(bus: Bus, files: readonly string[], fault: string): Promise<Result<string[]>> {
  for (const path of files) await rm(path, { force: true });
  if (!(await isNginxUp(bus))) return ok([]);
  return ok([
    `nginx was not reloaded and keeps running as it is, because its configuration is broken: ${fault}`,
  ]);
}

/**
 * Removes our files from nginx's configuration and waits until it serves without them. Fails, with all files restored,
 * if the administrator's own configuration needs them. The value: warnings.
 */
export async function releaseNginx(
  bus: Bus,
  files: readonly string[],
  control: string,
): Promise<Result<string[]>> {
  const tested = await testNginx();
  const gone = tested.ok
    ? await replaceConfig(bus, new Map(files.map(path => [path, null])), control, null)
    : await removeUntested(bus, files, tested.error);
  if (!gone.ok) return err(`nginx still needs cgipool's files, nothing was removed: ${gone.error}\n${CURE}`);
  return ok(tested.ok ? [] : gone.value);
}

const CURE =
  'If your own server blocks include /etc/nginx/cgipool/locations.conf, remove that line and try again.';

const keysOf = (pool: Pool): string[] =>
  pool.slots.map(slot => (pool.listen === 'tcp' ? String(slot) : socketPath(pool.name, slot)));

/** Waits until no instance holds a request, for each pool at most its DrainTimeout=. */
export async function awaitDrained(pools: readonly Pool[]): Promise<void> {
  const began = performance.now();
  for (;;) {
    const waited = performance.now() - began;
    const { connections } = new SocketTables().read();
    const waiting = pools.filter(pool => waited < pool.drainTimeout);
    if (!waiting.some(pool => keysOf(pool).some(key => connections.has(key)))) return;
    await pause(POLL_INTERVAL_MS);
  }
}

/** Removes the socket files of wake units that are gone: without the unit systemd no longer does (RemoveOnStop=). */
export async function removeWakeSockets(touched: readonly string[]): Promise<void> {
  for (const path of touched) {
    const wake = parseWakeUnitName(basename(path));
    if (wake?.kind === 'socket' && !(await isThere(path))) await removeFile(wakeSocketPath(wake.pool));
  }
}
