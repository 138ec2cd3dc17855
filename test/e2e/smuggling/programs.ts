import type { Machine } from '../../../tools/machine/machine.ts';
import { bringTls } from './tls.ts';

/** A program that speaks HTTP and keeps connections open; it tells which request it answers. */
export interface Speaker {
  pool: string;
  port: number;
  /** Its command; SOCKET stands for where it is to listen. */
  exec: string;
  /** The method that it serves with a body. */
  method: 'GET' | 'POST';
  /** The parameter that it repeats. */
  parameter: string;
  /** Finds the word that it repeats in what it says of its own request, never in a body. */
  told: RegExp;
  /** Lines of [Nginx]. */
  nginx?: string;
}

const NODE = process.execPath;
const WSGI = /^[A-Z]+ \S* \? \S*?((?:smuggled|victim)-\d+)/gm;

const PROGRAMS: readonly Omit<Speaker, 'port'>[] = [
  {
    ...{ pool: 'search', exec: '/srv/services/search SOCKET', method: 'GET', parameter: 'q' },
    told: /"query": *"((?:smuggled|victim)-\d+)/g,
  },
  {
    ...{ pool: 'auth', exec: '/srv/services/auth.py SOCKET', method: 'GET', parameter: 'user' },
    told: /"user": *"((?:smuggled|victim)-\d+)/g,
  },
  {
    ...{ pool: 'node', exec: `${NODE} /srv/services/examples/node.mjs`, method: 'POST', parameter: 'q' },
    told: WSGI,
  },
  {
    ...{ pool: 'gunicorn', method: 'POST', parameter: 'q', told: WSGI },
    exec: '/usr/bin/gunicorn --chdir /srv/services/examples --bind unix:SOCKET -k gthread --threads 4 --keep-alive 60 wsgi',
  },
  {
    ...{ pool: 'echo', exec: `${NODE} /srv/echo.mjs`, method: 'POST', parameter: 'q' },
    told: /"url":"[^"]*q=((?:smuggled|victim)-\d+)/g,
  },
];

/** nginx passes on a body as it comes, in chunks that it writes anew. */
const UNBUFFERED = 'RequestBuffering=no\n';

/** Each program with bodies that nginx has whole, and with bodies that it passes on as they come. */
export const speakers: readonly Speaker[] = PROGRAMS.flatMap((program, i) => [
  { ...program, port: 8700 + 2 * i },
  { ...program, pool: `${program.pool}-live`, port: 8701 + 2 * i, nginx: UNBUFFERED },
]);

/** One connection is kept, so that a victim's request takes the attacker's. */
const poolOf = ({ pool, port, exec, nginx = '' }: Speaker): string => `[Pool]
Exec=${NODE} /srv/witness.mjs /srv/seen/${pool} ${exec}
Ports=${port}
[Scale]
CPU=none
[Nginx]
Location=/${pool}
Keepalive=1
${nginx}[Service]
ReadWritePaths=/srv/seen
SystemCallFilter=@setuid
`;

/** Tells which requests nginx passed on: the upstream, the addresses that it dialled, and the target. */
const LOG = `log_format seen '$proxy_host\\t$upstream_addr\\t$request_uri';
access_log /var/log/nginx/seen.log seen;
`;

/** Installs a pool for each, with a witness before it, on an nginx of one process. */
export async function bringSpeakers(m: Machine): Promise<void> {
  await m.run(`umask 022; cp -r services /srv/; make -s -C /srv/services search
    cp test/e2e/programs/{witness,echo}.mjs /srv/; mkdir -p /srv/seen; chmod 1777 /srv/seen
    sed -i 's/^worker_processes.*/worker_processes 1;/' /etc/nginx/nginx.conf`);
  await m.write('/etc/nginx/conf.d/a-seen.conf', LOG);
  await bringTls(m);
  for (const speaker of speakers) await m.pool(speaker.pool, poolOf(speaker));
}
