import type { WireProbe } from '../../src/host/probe/probe.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import type { Outcome, Question } from './programs/ask-wire.ts';

/** The directory of the programs. */
export const HOME = '/srv/wire';
/** Their endpoints: uWSGI in all three protocols, PHP-FPM, and a libfcgi program. */
export const ENDS = {
  uwsgi: { host: '127.0.0.1', port: 9001 },
  scgi: { host: '127.0.0.1', port: 9002 },
  fastcgi: { host: '127.0.0.1', port: 9003 },
  php: { path: `${HOME}/php.sock` },
  c: { path: `${HOME}/c.sock` },
} as const;

const FPM = `[global]
error_log=syslog
[www]
user=www-data
listen=${ENDS.php.path}
pm=static
pm.max_children=1
catch_workers_output=yes
`;

const server = (port: number, protocol: string, to: string): string =>
  `server { listen 127.0.0.1:${port}; server_name www.example.org;
    location / { include /etc/nginx/${protocol}_params; ${protocol}_pass ${to}; } }`;

const NGINX = `pid ${HOME}/nginx.pid; error_log ${HOME}/nginx.log;
events {}
http { access_log off;
${server(8001, 'uwsgi', '127.0.0.1:9001')}
${server(8002, 'scgi', '127.0.0.1:9002')}
${server(8003, 'fastcgi', `unix:${ENDS.c.path}`)}
}`;

const SOCKETS = '--uwsgi-socket 127.0.0.1:9001 --scgi-socket 127.0.0.1:9002 --fastcgi-socket 127.0.0.1:9003';
const PROGRAMS = {
  uwsgi: `uwsgi --plugin python3 ${SOCKETS} --wsgi-file ${HOME}/wire.py`,
  php: `php-fpm8.2 -F -n -y ${HOME}/fpm.conf`,
  c: `${HOME}/c ${ENDS.c.path}`,
  nginx: `nginx -c ${HOME}/nginx.conf -g "daemon off;"`,
};

/** Starts the workers, and an nginx in front of them, each in a unit of its own. */
export async function prepare(m: Machine): Promise<void> {
  await m.run(
    `mkdir -p ${HOME}; cp test/e2e/programs/wire.* ${HOME}; gcc -o ${HOME}/c ${HOME}/wire.c -lfcgi`,
  );
  await m.write(`${HOME}/fpm.conf`, FPM);
  await m.write(`${HOME}/nginx.conf`, NGINX);
  for (const [name, command] of Object.entries(PROGRAMS))
    await m.run(`systemd-run -q -p UMask=0000 --unit wire-${name} ${command}`);
  for (const port of [8001, 8002, 8003, 9001, 9002, 9003])
    await m.await(`ss -Hltn sport = :${port} | grep .`);
  for (const { path } of [ENDS.php, ENDS.c]) await m.await(`ss -Hlx src ${path} | grep .`);
}
export const PROBE: WireProbe = {
  ...{ path: '/a%20b/c?q=1', host: 'www.example.org', script: null, root: null },
  ...{ status: { least: 200, most: 399 }, body: null, timeout: 2000 },
};

/** A probe of a worker in its protocol. */
export const question = (name: keyof typeof ENDS, change: Partial<WireProbe> = {}): Question => ({
  protocol: name === 'uwsgi' || name === 'scgi' ? name : 'fastcgi',
  target: ENDS[name],
  probe: { ...PROBE, ...change },
});

/** One program sends all probes, since its start takes longer than the probes. */
export async function ask(m: Machine, kind: 'probe' | 'body', questions: Question[]): Promise<Outcome[]> {
  const input = JSON.stringify({ kind, questions });
  const asking = `${process.execPath} --import tsx test/e2e/programs/ask-wire.ts`;
  return JSON.parse(await m.run(asking, input)) as Outcome[];
}
