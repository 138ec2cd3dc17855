import type { Machine } from '../../../tools/machine/machine.ts';

/** A pool of the attacked machine, and its innocent load. */
export interface AttackedPool {
  name: string;
  /** Lines of [Pool]. */
  slots: string;
  /** What follows [Pool]. */
  more?: string;
  /** GETs a second. */
  rate: number;
  /** The load comes in bursts, between which the pool sleeps. */
  isSleeping?: boolean;
  /** How many of its instances serve. */
  size: number;
}

/** Far from what the innocent load holds at once, and far below what the attacker can. */
const SCALE = '[Scale]\nCPU=none\nConcurrency=8\n';
/** The file of Metric=, which belongs to the attacker. */
export const METRIC = '/srv/mallory/jobs';
/** What it holds when he leaves it alone: two instances. */
export const METRIC_NUMBER = '15\n';
export const SECRETS = {
  environment: 'hunter2-of-the-environment',
  directive: 'hunter2-of-the-directive',
  /** The innocent send it in each query. */
  query: 'hunter2-of-the-query',
} as const;

/** One pool that others can take ports of, with Listen=tcp; the others are as docs/security.md recommends. */
export const POOLS: readonly AttackedPool[] = [
  { name: 'tcp', slots: 'Ports=8000-8009\nMin=2\nMax=4', more: SCALE, rate: 15, size: 2 },
  { name: 'held', slots: 'Listen=fd\nPorts=8020-8025\nMin=2\nMax=4', more: SCALE, rate: 12, size: 2 },
  {
    name: 'timed',
    slots: 'Listen=fd\nPorts=8030-8035\nMin=2\nMax=4',
    more: `${SCALE}[Health]\nRequestTimeout=3s\n`,
    rate: 12,
    size: 2,
  },
  {
    name: 'sock',
    slots: 'Listen=unix\nSlots=1-6\nMin=2\nMax=4',
    more: `Set=proxy_set_header X-Token ${SECRETS.directive}\n[Service]\nEnvironmentFile=/etc/attack.env\n${SCALE}[Health]\nRequestTimeout=3s\n`,
    rate: 12,
    size: 2,
  },
  {
    name: 'jobs',
    slots: 'Listen=unix\nSlots=1-6\nMax=4',
    more: `[Scale]\nCPU=none\nExternal=10\nMetric=file:${METRIC}\n`,
    rate: 8,
    size: 2,
  },
  {
    name: 'sleepy',
    slots: 'Listen=unix\nSlots=1-4\nMin=0\nMax=2',
    more: `${SCALE}IdleTimeout=3s\nWindow=2s\n`,
    rate: 10,
    isSleeping: true,
    size: 1,
  },
  { name: 'cgi', slots: 'Listen=fd\nSlots=1-4\nMin=2\nMax=3', rate: 6, size: 2 },
];

const CGI = `Exec=/usr/sbin/fcgiwrap
Protocol=fastcgi
[Scale]
CPU=none
[Nginx]
Root=/srv/attack/cgi
ScriptExtensions=sh
Location=/cgi
[Health]
Path=/cgi/hello.sh
`;

/** Where requests to a pool go. */
export const pathOf = ({ name }: AttackedPool): string => (name === 'cgi' ? '/cgi/hello.sh' : `/${name}`);

/** `round` makes the unit another, so that the pool is rolled over. */
export const textOf = ({ name, slots, more = '' }: AttackedPool, round = 0): string =>
  name === 'cgi'
    ? `[Pool]\n${slots}\n${CGI}[Unit]\nX-Round=${round}\n`
    : `[Pool]\nExec=/srv/attack/worker.py\n${slots}\n[Unit]\nX-Round=${round}\n[Nginx]\nLocation=/${name}\n${more}`;

const SCRIPT = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\ncgi %s\\n' $$\n";

/** Installs the pools, makes the attacker's user, and waits until all serve. */
export async function bringPools(m: Machine): Promise<void> {
  await m.run(`useradd --system --home-dir /srv/mallory mallory
    install -d -o mallory /srv/mallory /srv/loot
    install -D -m 755 test/attack/local-user/worker.py /srv/attack/worker.py`);
  await m.write('/etc/attack.env', `PASSWORD=${SECRETS.environment}\n`);
  await m.write('/srv/attack/cgi/hello.sh', SCRIPT);
  await m.write(METRIC, METRIC_NUMBER);
  await m.run(`chmod 600 /etc/attack.env; chmod 755 /srv/attack/cgi/hello.sh; chown mallory ${METRIC}`);
  for (const pool of POOLS) await m.pool(pool.name, textOf(pool));
  await m.run('chmod 600 /etc/cgipool/sock.pool');
  await m.install('--no-samples');
  for (const { name, size, isSleeping } of POOLS) if (!isSleeping) await m.serving(name, size, 60);
}
