import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Pool } from '../../src/model/pool.ts';
import { renderLive } from '../../src/render/live.ts';
import { assets, poolOf, site } from './given.ts';
import { all, args, type Directive, readNginx } from './nginx-reader.ts';

const test = suite('nginx: upstreams and streams');

const UPSTREAMS = '/etc/nginx/cgipool/upstreams.conf';
const STREAMS = '/etc/nginx/cgipool/streams.conf';

const textsOf = (pools: readonly Pool[], live: Record<string, number[]>): Map<string, string> =>
  renderLive(site, pools, { live, weights: {} }, 7, assets);

const read = (path: string, pools: readonly Pool[], live: Record<string, number[]>): Directive[] =>
  readNginx(textsOf(pools, live).get(path) ?? assert.fail(path));

const poolWith = (...lines: string[]): Pool =>
  poolOf(`[Pool]\nExec=/bin/a\nPorts=8000-8003\n[Nginx]\n${lines.join('\n')}`);

const linesOf = ([, block = []]: Directive): string[] => block.map(([words]) => words.join(' '));

/** The lines of the upstream after its zone. */
function upstream(pool: Pool, ...live: number[]): string[] {
  const [found] = all(read(UPSTREAMS, [pool], { search: live }), 'upstream');
  return linesOf(found ?? assert.fail('no upstream')).slice(1);
}

test('MaxConns= becomes max_conns of each server', () => {
  assert.deepEqual(upstream(poolWith('MaxConns=3'), 8000, 8002), [
    'least_conn',
    'server 127.0.0.1:8000 max_fails=0 max_conns=3',
    'server 127.0.0.1:8002 max_fails=0 max_conns=3',
  ]);
});

test('the slots of Backup= are marked as backups while others are live', () => {
  const pool = poolWith('Backup=8002-8003', 'Balance=round_robin');
  assert.deepEqual(upstream(pool, 8000, 8002, 8003), [
    'server 127.0.0.1:8000 max_fails=0',
    'server 127.0.0.1:8002 max_fails=0 backup',
    'server 127.0.0.1:8003 max_fails=0 backup',
  ]);
  assert.deepEqual(upstream(pool, 8001), ['server 127.0.0.1:8001 max_fails=0']);
});

test('backups are not marked if no others are live, as nginx would not load', () => {
  const pool = poolWith('Backup=8002-8003', 'MaxConns=2');
  assert.deepEqual(upstream(pool, 8003), ['least_conn', 'server 127.0.0.1:8003 max_fails=0 max_conns=2']);
  assert.deepEqual(upstream(pool, 8002, 8003), [
    'least_conn',
    'server 127.0.0.1:8002 max_fails=0 max_conns=2',
    'server 127.0.0.1:8003 max_fails=0 max_conns=2',
  ]);
  assert.deepEqual(upstream(pool), ['least_conn', 'server 127.0.0.1:9 down']);
});

test('keepalive comes after the balancing method and the servers', () => {
  for (const [method, line] of [
    ['least_conn', 'least_conn'],
    ['hash $uri', 'hash $uri consistent'],
  ] as const)
    assert.deepEqual(upstream(poolWith('Keepalive=16', `Balance=${method}`), 8000), [
      line,
      'server 127.0.0.1:8000 max_fails=0',
      'keepalive 16',
    ]);
  assert.deepEqual(upstream(poolWith('Keepalive=16')).at(-1), 'keepalive 16');
});

test('with Listen=fd nginx dials the same endpoints', () => {
  const held = (slots: string): Pool => poolOf(`[Pool]\nExec=/bin/a\nListen=fd\n${slots}`);
  assert.deepEqual(upstream(held('Ports=8000'), 8000)[1], 'server 127.0.0.1:8000 max_fails=0');
  assert.deepEqual(upstream(held('Slots=1-2'), 2)[1], 'server unix:/run/cgipool/search/2/sock max_fails=0');
});

const tcp = (name: string, ...more: string[]): Pool =>
  poolOf(`[Pool]\nExec=/bin/a\nListen=unix\nProtocol=tcp\n[Nginx]\n${more.join('\n')}`, name);

test('a pool with Protocol=tcp has its upstream and server in streams.conf, not in upstreams.conf', () => {
  const pools = [tcp('redis', 'ListenStream=127.0.0.1:6379', 'ConnectTimeout=1s', 'MaxConns=9'), poolWith()];
  const live = { redis: [1, 2], search: [8000] };
  assert.doesNotMatch(textsOf(pools, live).get(UPSTREAMS) ?? '', /redis/);
  assert.doesNotMatch(textsOf(pools, live).get(STREAMS) ?? '', /search/);
  const tree = read(STREAMS, pools, live);
  assert.deepEqual(
    tree.map(([words, block = []]) => [words.join(' '), ...linesOf([words, block])]),
    [
      [
        'upstream cgipool_redis',
        'zone cgipool_redis 64k',
        'least_conn',
        'server unix:/run/cgipool/redis/1/sock max_fails=0 max_conns=9',
        'server unix:/run/cgipool/redis/2/sock max_fails=0 max_conns=9',
      ],
      [
        'server',
        'listen 127.0.0.1:6379',
        'proxy_pass cgipool_redis',
        'proxy_connect_timeout 1000ms',
        'proxy_timeout 600000ms',
      ],
    ],
  );
});

test('a pool with Protocol=tcp but without ListenStream= has an upstream and no server', () => {
  const tree = read(STREAMS, [tcp('redis')], {});
  assert.deepEqual(args(tree, 'upstream'), ['cgipool_redis']);
  assert.deepEqual(args(tree, 'server'), ['127.0.0.1:9 down']);
});

test('without a pool with Protocol=tcp there is no streams.conf', () =>
  assert.deepEqual([...textsOf([poolWith()], {}).keys()], [UPSTREAMS]));

test.run();
