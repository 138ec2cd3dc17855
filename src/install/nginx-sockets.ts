import { holdable, listening } from '../host/nginx/listening.ts';
import type { Bus } from '../host/systemd/bus.ts';
import { daemonReload, listUnits } from '../host/systemd/systemd.ts';
import { isNginxSocket, nginxSocketName } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import { NGINX_SOCKETS, NGINX_UNIT } from '../model/services.ts';
import { run } from './activate.ts';
import type { Machine } from './machine.ts';

/** The units that nginx starts with; see systemd.unit(5). */
const WANTS = `${paths.units}/${NGINX_UNIT}.wants`;

const linked = async (machine: Machine): Promise<string[]> =>
  (await machine.list(WANTS).catch(() => [])).filter(isNginxSocket);

/** Without a running nginx nothing is known, and all stays as it is. */
async function wantedNow(bus: Bus, now: readonly string[]): Promise<string[]> {
  const addresses = await listening(bus);
  return addresses ? holdable(addresses).map(nginxSocketName) : [...now];
}

/** Makes nginx start with just these sockets. nginx keeps those it has: it shares them with systemd. */
async function enable(
  bus: Bus,
  machine: Machine,
  now: readonly string[],
  wanted: readonly string[],
): Promise<void> {
  const gone = now.filter(name => !wanted.includes(name));
  const added = wanted.filter(name => !now.includes(name));
  for (const name of added) await machine.link(`${WANTS}/${name}`, `${paths.units}/${NGINX_SOCKETS}`);
  for (const name of gone) await machine.remove(`${WANTS}/${name}`);
  if (gone.length + added.length > 0) await daemonReload(bus);
  if (gone.length > 0) await run('systemctl', 'stop', '--', ...gone);
}

async function held(bus: Bus): Promise<Set<string>> {
  const rows = await listUnits(bus, [NGINX_SOCKETS.replace('@', '@*')]);
  return new Set(rows.filter(({ active }) => active === 'active').map(({ name }) => name));
}

/**
 * SocketActivation=: has systemd hold the addresses that nginx listens on, from nginx's next start on, or no longer, at once.
 * Restarts nothing. Returns warnings.
 */
export async function holdSockets(bus: Bus, machine: Machine, isWanted: boolean): Promise<string[]> {
  const now = await linked(machine);
  const wanted = isWanted ? await wantedNow(bus, now) : [];
  await enable(bus, machine, now, wanted);
  const holds = await held(bus);
  return wanted.every(name => holds.has(name))
    ? []
    : [
        "SocketActivation=yes: systemd holds nginx's addresses from the next start on: systemctl restart nginx",
      ];
}
