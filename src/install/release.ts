import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Bus } from '../host/bus.ts';
import { isThere, removeFile } from '../host/files.ts';
import { isNginxUp, replaceConfig, testNginx } from '../host/nginx.ts';
import { paths } from '../host/paths.ts';
import { SocketTables } from '../host/socket-tables.ts';
import { doorbellPath, parseDoorbellName, socketPath } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { err, ok, type Result } from '../pool/result.ts';

const EVERY = 50;

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
    await new Promise(resolve => setTimeout(resolve, EVERY));
  }
}

/** Without its unit file systemd no longer knows that it is to remove the socket; nginx has let go of it. */
export async function removeDoorbells(touched: readonly string[]): Promise<void> {
  for (const path of touched) {
    const bell = parseDoorbellName(basename(path));
    if (bell?.kind === 'socket' && !(await isThere(path))) await removeFile(doorbellPath(bell.pool));
  }
}
