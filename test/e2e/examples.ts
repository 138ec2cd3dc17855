import assert from 'node:assert/strict';
import type { Machine } from '../../tools/machine/machine.ts';

/** A pool of services/examples whose program returns the request that it got, after a line that names it. */
export interface Example {
  pool: string;
  /** The requested path, without the query. */
  path: string;
  /** The path that the program reports, if it does not get the whole path. */
  reported?: string;
  /** The first line of its answer; `SLOT` is replaced by the slot. */
  who: string;
}

export const examples: readonly Example[] = [
  { pool: 'cgi', path: '/cgi-bin/echo.pl/a/b', reported: '/cgi-bin/echo.pl + /a/b', who: 'cgi SLOT' },
  { pool: 'php', path: '/php/a/b', reported: '/php + /a/b', who: 'php SLOT, production' },
  { pool: 'fastcgi', path: '/fastcgi/a/b', reported: '/fastcgi + /a/b', who: 'fastcgi SLOT' },
  { pool: 'scgi', path: '/scgi/a/b', who: 'scgi SLOT' },
  { pool: 'uwsgi', path: '/uwsgi/a/b', who: 'wsgi SLOT' },
  { pool: 'gunicorn', path: '/gunicorn/a/b', who: 'wsgi SLOT' },
  { pool: 'node', path: '/node/a/b', who: 'node SLOT' },
];

/** Installs the programs and their pools. */
export const bringExamples = (m: Machine): Promise<string> =>
  m.run(`umask 022; cp -r services/examples /srv/; chmod -R a+rX /srv/examples
    cc -O2 -Wall -Wextra -Werror -o /srv/examples/fastcgi /srv/examples/fastcgi.c -lfcgi
    mkdir -p /etc/cgipool; cp /srv/examples/*.pool /etc/cgipool/`);

const QUERY = 'q=1&r=2';

/** Sends a request with a header, and a body unless it is empty; asserts that the program got it. */
async function ask(m: Machine, { pool, path, reported = path, who }: Example, body: string): Promise<void> {
  const { instances } = await m.serving(pool, 1, 30);
  const data = body === '' ? '' : `-d '${body}'`;
  const url = `http://localhost${path}?${QUERY}`;
  const said = await m.run(`curl -sS --fail-with-body -m 10 -H 'X-Test: a b' ${data} '${url}'`);
  assert.deepEqual(said.trimEnd().split('\n'), [
    who.replace('SLOT', `${instances[0]?.slot}`),
    `${body === '' ? 'GET' : 'POST'} ${reported} ? ${QUERY}`,
    'x-test: a b',
    `body: ${body}`.trimEnd(),
  ]);
}

/** Sends a GET and a POST. */
export async function asks(m: Machine, example: Example): Promise<void> {
  await ask(m, example, '');
  await ask(m, example, 'x=1&y=ü');
}

/** The slot of the only instance of a pool. */
export async function slotOf(m: Machine, pool: string): Promise<number> {
  const { instances } = await m.serving(pool, 1, 30);
  return instances[0]?.slot ?? 0;
}

/** Kills the worker and waits until it is back. */
export async function killed(m: Machine, pool: string): Promise<void> {
  await m.signal('KILL', pool, await slotOf(m, pool));
  await m.until(pool, p => p.instances.some(i => i.restarts === 1 && i.published && i.state === 'healthy'));
}

/** Restarts the pool and waits until another worker has taken over. */
export async function renewed(m: Machine, pool: string): Promise<void> {
  const old = (await m.serving(pool, 1, 30)).instances[0]?.pid;
  await m.run(`cgipool restart ${pool}`);
  const isNew = ({ pid, published }: { pid: number; published: boolean }): boolean =>
    published && pid !== old;
  await m.until(pool, p => p.instances.length === 1 && p.instances.every(isNew), 30);
}

/** Waits until the pool's log has a text. */
export const logged = (m: Machine, pool: string, text: string): Promise<string> =>
  m.await(`cgipool logs ${pool} | grep -F '${text}'`);
