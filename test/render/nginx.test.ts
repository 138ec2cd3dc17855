import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import type { Pool } from '../../src/model/pool.ts';
import { renderLocations } from '../../src/render/locations.ts';
import { asleepBy, renderUpstreams } from '../../src/render/upstreams.ts';
import { runs } from '../fuzz.ts';
import { assets, best, hostile, poolOf, poolText, site } from './given.ts';
import { routes, upstream } from './intended.ts';
import { all, args, type Directive, readNginx } from './nginx-reader.ts';
import { routesOf } from './nginx-texts.ts';

const test = suite('nginx');

const plain = routesOf(poolOf(poolText()));

const upstreamsOf = (pools: readonly Pool[], live: Record<string, number[]>, generation = 7): Directive[] =>
  readNginx(renderUpstreams(site, pools, { live, weights: {} }, generation, assets));

const ready = (tree: readonly Directive[]): string[] =>
  tree
    .filter(([words]) => words[0] === 'map')
    .flatMap(([, block = []]) => block.map(([words]) => words.join(' ')));

const withKey = (line: string): Pool => poolOf(poolText('[Nginx]', line));

test('Location=/api becomes a route for /api itself and one for paths below it', () => {
  const pool = poolOf(poolText());
  assert.deepEqual(args(routesOf(pool), 'location'), ['= /api', '^~ /api/']);
  assert.deepEqual(routesOf(pool), routes(pool, plain));
});

test('Location=/ becomes one route, and a pool without Location= has none', () => {
  const root = poolOf(poolText().replace('/api', '/'));
  assert.deepEqual(args(routesOf(root), 'location'), ['/']);
  assert.deepEqual(routesOf(root), routes(root, plain));
  assert.deepEqual(routesOf(poolOf(poolText().replace('Location=/api', ''))), []);
});

test('the keys of [Nginx] become directives of both routes', () => {
  const rows: [line: string, directive: string, value: string][] = [
    ['', 'proxy_connect_timeout', '1500ms'],
    ['ConnectTimeout=300ms', 'proxy_connect_timeout', '300ms'],
    ['', 'proxy_read_timeout', '30000ms'],
    ['ReadTimeout=2min', 'proxy_read_timeout', '120000ms'],
    ['ReadTimeout=2min', 'proxy_send_timeout', '120000ms'],
    ['ReadTimeout=2min', 'proxy_next_upstream_timeout', '240000ms'],
    ['', 'proxy_next_upstream', 'error timeout'],
    ['Idempotent=yes', 'proxy_next_upstream', 'error timeout non_idempotent'],
    ['', 'client_max_body_size', '1048576'],
    ['MaxBody=64K', 'client_max_body_size', '65536'],
    ['MaxBody=0', 'client_max_body_size', '0'],
    ['', 'proxy_pass', 'http://cgipool_search'],
  ];
  for (const [line, directive, value] of rows)
    assert.deepEqual(args(routesOf(withKey(line)), directive), [value, value], `${line} ${directive}`);
});

test('while a pool sleeps, nginx waits as long as its instance may take to start, and then as always', () => {
  const pool = poolOf(poolText('[Nginx]', 'ReadTimeout=2s'));
  const asleep = readNginx(renderLocations(site, [pool], assets, new Set([pool.name])));
  assert.deepEqual(args(asleep, 'proxy_read_timeout'), ['12000ms', '12000ms']);
  const other = readNginx(renderLocations(site, [pool], assets, new Set(['another'])));
  assert.deepEqual(args(other, 'proxy_read_timeout'), ['2000ms', '2000ms']);
});

test('the text of upstreams.conf tells which pools sleep', () => {
  const sleepy = poolOf(poolText().replace('[Pool]', '[Pool]\nMin=0'));
  const text = (slots: number[]): string =>
    renderUpstreams(site, [sleepy], { live: { [sleepy.name]: slots }, weights: {} }, 7, assets);
  assert.deepEqual([...asleepBy(text([0]))], [sleepy.name]);
  assert.deepEqual([...asleepBy(text([8000]))], []);
});

test('each Balance= becomes its nginx directive', () => {
  const rows: [balance: string, directive: string][] = [
    ['least_conn', 'least_conn'],
    ['random', 'random two least_conn'],
    ['ip_hash', 'ip_hash'],
    ['hash $request_uri', 'hash $request_uri consistent'],
  ];
  for (const [balance, directive] of rows) {
    const tree = upstreamsOf([withKey(`Balance=${balance}`)], { search: [8000] });
    const words = all(tree, 'upstream')[0]?.[1]?.map(([w]) => w.join(' '));
    assert.deepEqual(words, ['zone cgipool_search 64k', directive, 'server 127.0.0.1:8000 max_fails=0']);
  }
  const none = upstreamsOf([withKey('Balance=round_robin')], { search: [8000] });
  assert.equal(all(none, 'upstream')[0]?.[1]?.length, 2);
});

test('the upstream of a pool without live slots has one server that is down, and is not ready', () => {
  const [a, b] = [poolOf(poolText(), 'a'), poolOf(poolText().replace('/api', '/b'), 'b')];
  const tree = upstreamsOf([a, b], { a: [8001, 8000] });
  assert.deepEqual(all(tree, 'upstream'), [upstream(a, [8000, 8001]), upstream(b, [])]);
  assert.deepEqual(ready(tree), ['volatile', 'default 0', 'cgipool_a 1']);
  assert.deepEqual(
    args(upstreamsOf([a], {}), 'server').filter(text => text !== ''),
    ['127.0.0.1:9 down'],
  );
});

test('slots and pools that are not installed are ignored', () => {
  const pool = poolOf(poolText());
  const live = { search: [8002, 9999, 22, -1, Number.NaN], stranger: [80] };
  assert.deepEqual(all(upstreamsOf([pool], live), 'upstream'), [upstream(pool, [8002])]);
});

test('a pool can be named like a keyword of JavaScript or nginx', () => {
  for (const name of ['constructor', 'default', 'volatile', 'hostnames', 'include', 'a-b']) {
    const pool = poolOf(poolText(), name);
    const none = upstreamsOf([pool], {});
    assert.deepEqual(
      [all(none, 'upstream'), ready(none)],
      [[upstream(pool, [])], ['volatile', 'default 0']],
      name,
    );
    const some = upstreamsOf([pool], { [name]: [8000] });
    assert.deepEqual(ready(some), ['volatile', 'default 0', `cgipool_${name} 1`]);
  }
});

test('an upstream can have unix sockets, and its zone has room for all slots', () => {
  const unix = poolOf('[Pool]\nExec=/bin/worker\nListen=unix\nSlots=1-3');
  assert.deepEqual(all(upstreamsOf([unix], { search: [1, 3] }), 'upstream'), [upstream(unix, [1, 3])]);
  const large = poolOf('[Pool]\nExec=/bin/worker\nPorts=8000-8999');
  assert.deepEqual(all(upstreamsOf([large], {}), 'upstream'), [upstream(large, [], '1016k')]);
});

const hash = hostile.map(text => `hash $request_uri${text}`);

const files = fc.record({
  location: hostile,
  // most random values are refused
  balance: fc.oneof(hostile, hash, fc.constant('hash $cookie_a')),
  connect: hostile,
  body: hostile,
});

test('no hostile value adds, removes or changes a directive of a route or an upstream', () => {
  const seen = { location: 0, balance: 0 };
  fc.assert(
    fc.property(files, ({ location, balance, connect, body }) => {
      const text = `${poolText()}-\nConnectTimeout=${connect}\nMaxBody=${body}\nBalance=${balance}`;
      const given = text.replace('Location=/api-', `Location=/${location}`);
      const pool = best('search.pool', given).pools[0] as Pool;
      if (pool.nginx.location !== null) seen.location++;
      if (pool.nginx.balance.method === 'hash') seen.balance++;
      assert.deepEqual(routesOf(pool), routes(pool, plain));
      assert.deepEqual(all(upstreamsOf([pool], { search: [8001] }), 'upstream'), [upstream(pool, [8001])]);
    }),
    runs(300),
  );
  for (const count of Object.values(seen)) assert.ok(count > 1, `most were refused: ${JSON.stringify(seen)}`);
});

test('a location that breaks out of its directive is detected', () => {
  const pool = poolOf(poolText());
  const differs = (location: string): boolean => {
    const bad = { ...pool, nginx: { ...pool.nginx, location } };
    try {
      assert.deepEqual(routesOf(bad), routes(bad, plain));
      return false;
    } catch {
      return true;
    }
  };
  assert.ok(!differs('/a-b_c~d+e@f,g:h=i.j'));
  for (const location of ['/a b', '/a;', '/a{', '/a\\', '/a# ', '/a\nb'])
    assert.ok(differs(location), location);
});

test('readNginx() parses like nginx', () => {
  const rows: [text: string, ...tree: Directive[]][] = [
    ['a b;c;', [['a', 'b']], [['c']]],
    ['a { b; } # c { \n d;', [['a'], [[['b']]]], [['d']]],
    [`a "b ; }" 'c {';`, [['a', 'b ; }', 'c {']]],
    // the other notation of a variable
    ['a $\u007Bb\u007D\\;c;', [['a', '$\u007Bb\u007D\\;c']]],
    ['a b#c;', [['a', 'b#c']]],
  ];
  for (const [text, ...tree] of rows) assert.deepEqual(readNginx(text), tree);
  for (const text of ['a', 'a {', '}', 'a { b }', 'a; }', 'a "b;'])
    assert.throws(() => readNginx(text), Error, text);
});

test.run();
