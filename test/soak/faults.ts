import type { Machine } from '../../tools/machine/machine.ts';
import { setClock } from '../e2e/controller-clock.ts';
import type { Random } from '../sim/random.ts';
import { soakPools } from './pools.ts';

/** Which pools may lose requests by a fault: docs/reliability.md says so. */
export type Loss = 'none' | 'all' | readonly string[];

/** What goes wrong. */
export interface Fault {
  /** Begins it; returns which requests may be lost until all is well again, and how it ends. */
  strike: (m: Machine, random: Random) => Promise<{ loss: Loss; end: () => Promise<unknown> }>;
  /** For how long it lasts, s. */
  lasts: number;
}

const poolOf = (random: Random): string => random.pick(soakPools)?.name ?? '';

interface Victim {
  pool: string;
  unit: string;
  pid: number;
  loss: Loss;
}

/** A running instance. Where it is the only one that serves, what it holds is lost with it, and what comes until another is there. */
async function victim(m: Machine, random: Random): Promise<Victim> {
  const { instances, name } = await m.poolStatus(poolOf(random));
  const running = instances.filter(({ pid }) => pid > 1);
  const one = random.pick(running);
  const others = running.filter(each => each !== one && each.published && each.state === 'healthy');
  if (!one) return victim(m, random);
  return { pool: name, unit: one.unit, pid: one.pid, loss: others.length > 0 ? 'none' : [name] };
}

/** Begins with one command and ends with another. */
const between =
  (begin: string, end: string, loss: Loss = 'none'): Fault['strike'] =>
  async m => {
    await m.run(begin);
    return { loss, end: () => m.run(end) };
  };

const once = (command: string, loss: Loss = 'none'): Fault['strike'] => between(command, ':', loss);

/** What happens to the main process of an instance. */
const toOne =
  (deed: (victim: Victim) => string, undo: (victim: Victim) => string = () => ':'): Fault['strike'] =>
  async (m, random) => {
    const found = await victim(m, random);
    await m.attempt(deed(found));
    return { loss: found.loss, end: () => m.attempt(undo(found)) };
  };

const HOUR_S = 3600;
/** A server of the administrator's own. */
const TLS_CONF = `server { listen 8443 ssl; ssl_certificate /etc/ssl/soak.crt; ssl_certificate_key /etc/ssl/soak.key; return 200; }\n`;
const BROKEN_CONF = '/etc/nginx/conf.d/broken.conf';
const CERTIFY =
  'openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=localhost -keyout /etc/ssl/soak.key -out /etc/ssl/soak.crt 2>/dev/null';

/** A file system of its own, so that filling it fills no memory. */
const SMALL = `systemctl stop cgipool.service; cp -a /run/cgipool-controller /srv/kept
mount -t tmpfs -o size=4m,mode=755 tmpfs /run/cgipool-controller; chown --reference=/srv/kept /run/cgipool-controller
cp -a /srv/kept/. /run/cgipool-controller/; systemctl start cgipool.service`;

/** What the faults need, after the first install. */
export async function bringFaults(m: Machine): Promise<void> {
  await m.run(CERTIFY);
  await m.write('/etc/nginx/conf.d/soak.conf', TLS_CONF);
  await m.run(`systemctl reload nginx; ${SMALL}`);
}

/** The rows of docs/reliability.md. */
export const faults: Readonly<Record<string, Fault>> = {
  'a worker dies': { strike: toOne(({ pid }) => `kill -KILL ${pid}`), lasts: 0 },
  'a worker dies again and again': {
    strike: toOne(({ unit }) => `for i in 1 2 3 4 5 6; do systemctl kill -s KILL ${unit}; sleep 0.3; done`),
    lasts: 0,
  },
  'a worker hangs': {
    strike: toOne(
      ({ pid }) => `kill -STOP ${pid}`,
      ({ pid }) => `kill -CONT ${pid}`,
    ),
    lasts: 10,
  },
  'somebody stops an instance': { strike: toOne(({ unit }) => `systemctl stop ${unit}`), lasts: 0 },
  'somebody masks an instance': {
    strike: toOne(
      ({ unit }) => `systemctl mask --runtime --now ${unit}`,
      ({ unit }) => `systemctl unmask --runtime ${unit}`,
    ),
    lasts: 5,
  },
  'a cleaner removes a socket file': {
    strike: once('rm $(find /run/cgipool/unix -name sock | shuf -n 1)', ['unix']),
    lasts: 0,
  },
  'the controller dies': { strike: once('systemctl kill -s KILL cgipool.service'), lasts: 0 },
  'the controller is stopped': {
    strike: between('systemctl stop cgipool.service', 'systemctl start cgipool.service'),
    lasts: 5,
  },
  'D-Bus dies': { strike: once('systemctl kill -s KILL dbus.service'), lasts: 0 },
  'polkit is away': {
    strike: between('systemctl stop polkit.service', 'systemctl start polkit.service'),
    lasts: 8,
  },
  'the timer is stopped': {
    strike: between('systemctl stop cgipool-autoscale.timer', 'systemctl start cgipool-autoscale.timer'),
    lasts: 8,
  },
  'systemd executes itself anew': { strike: once('systemctl daemon-reexec'), lasts: 0 },
  'the journal restarts': { strike: once('systemctl restart systemd-journald.service'), lasts: 0 },
  "a worker of nginx's dies": { strike: once('pkill -KILL -n -f "nginx: worker"', 'all'), lasts: 0 },
  'nginx dies': { strike: once('systemctl kill -s KILL nginx.service', 'all'), lasts: 0 },
  "the administrator's nginx configuration is broken": {
    strike: between(`echo 'server {' >${BROKEN_CONF}`, `rm ${BROKEN_CONF}`),
    lasts: 8,
  },
  'the disk is full': {
    strike: between(
      'cat /dev/zero >/run/cgipool-controller/fill 2>/dev/null || true',
      'rm /run/cgipool-controller/fill',
    ),
    lasts: 8,
  },
  'the database is stopped': {
    strike: between('systemctl stop db.service', 'systemctl start db.service', ['needy']),
    lasts: 8,
  },
  'the clock leaps': {
    strike: async (m, random) => {
      await setClock(m, (random.pick([-24, -1, 1, 24]) ?? 1) * HOUR_S);
      return { loss: 'none', end: () => setClock(m, 0) };
    },
    lasts: 8,
  },
  'certificates change': {
    strike: once(`${CERTIFY}; systemctl reload nginx`),
    lasts: 0,
  },
  'a certificate vanishes': {
    strike: between('mv /etc/ssl/soak.crt /etc/ssl/away.crt', 'mv /etc/ssl/away.crt /etc/ssl/soak.crt'),
    lasts: 8,
  },
};

const DEADLY = new Set(['the controller dies', 'the controller is stopped', 'D-Bus dies']);

/** It ends the controller: what that has in memory begins anew. */
export const endsController = (name: string): boolean => DEADLY.has(name);
