import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Pool } from '../../src/model/pool.ts';
import { assets, machineTexts, poolOf, site } from './given.ts';
import { all, type Directive, readNginx } from './nginx-reader.ts';

const test = suite('nginx: protocols');

const machine = { ipv6: true, node: '/usr/bin/node', program: '/p', tag: 'cgipool_0' };

const textsOf = (...pools: Pool[]): Map<string, string> => machineTexts({ site, pools, assets, machine });

const read = (path: string, ...pools: Pool[]): Directive[] =>
  readNginx(textsOf(...pools).get(path) ?? assert.fail(path));

/** A pool of a protocol with a route, and more lines of [Nginx]. */
const speaking = (protocol: string, ...more: string[]): Pool =>
  poolOf(
    `[Pool]\nExec=/bin/a\nPorts=8000-8001\nProtocol=${protocol}\n[Nginx]\nLocation=/app\n${more.join('\n')}`,
  );

/** The lines of the route for paths below the location. */
function route(pool: Pool): string[] {
  const found = all(read('/etc/nginx/cgipool/locations.conf', pool), 'location');
  const [, block = []] = found.find(([words]) => words[1] === '^~') ?? assert.fail('no route');
  return block.map(([words]) => words.join(' '));
}

const MODULES = { http: 'proxy', fastcgi: 'fastcgi', scgi: 'scgi', uwsgi: 'uwsgi', grpc: 'grpc' };

test('a route passes requests on by the module of its protocol, and uses no other module', () => {
  const passes: Record<string, string> = {
    http: 'proxy_pass http://cgipool_search',
    fastcgi: 'fastcgi_pass cgipool_search',
    scgi: 'scgi_pass cgipool_search',
    uwsgi: 'uwsgi_pass cgipool_search',
    grpc: 'grpc_pass grpc://cgipool_search',
  };
  for (const [protocol, module] of Object.entries(MODULES)) {
    const lines = route(speaking(protocol));
    assert.deepEqual(
      lines.filter(line => /_pass /.test(line)),
      [passes[protocol]],
    );
    const others = Object.values(MODULES).filter(name => name !== module);
    assert.deepEqual(
      lines.filter(line => others.some(name => line.startsWith(`${name}_`))),
      [],
      protocol,
    );
  }
});

test('timeouts and retries use the directives of the protocol', () => {
  for (const [protocol, module] of Object.entries(MODULES)) {
    const lines = route(speaking(protocol, 'ReadTimeout=2min', 'ConnectTimeout=1s', 'Idempotent=yes'));
    for (const line of [
      'next_upstream error timeout non_idempotent',
      'next_upstream_tries 3',
      'next_upstream_timeout 240000ms',
      'connect_timeout 1000ms',
      'read_timeout 120000ms',
      'send_timeout 120000ms',
    ])
      assert.ok(lines.includes(`${module}_${line}`), `${protocol}: ${line}`);
    const body = protocol === 'grpc' ? 0 : 1_048_576;
    assert.ok(lines.includes(`client_max_body_size ${body}`), protocol);
  }
});

/** Values that override the client's own headers, by the last part of the header's name. */
const CLIENT = {
  HOST: '$host$cgipool_port',
  IP: '$remote_addr',
  FOR: '$proxy_add_x_forwarded_for',
  PROTO: '$scheme',
};

test("every protocol passes the client's address, host and scheme on, and overrides the client's own headers", () => {
  const headers = ['X-Forwarded-Host', 'X-Real-IP', 'X-Forwarded-For', 'X-Forwarded-Proto'];
  for (const [protocol, module] of Object.entries(MODULES)) {
    const isCgi = ['fastcgi', 'scgi', 'uwsgi'].includes(protocol);
    const lines = route(speaking(protocol));
    for (const header of headers) {
      const value = CLIENT[header.split('-').at(-1)?.toUpperCase() as keyof typeof CLIENT];
      const name = isCgi ? `param HTTP_${header.toUpperCase().replaceAll('-', '_')}` : `set_header ${header}`;
      assert.ok(lines.includes(`${module}_${name} ${value}`), `${protocol}: ${header}`);
    }
    if (isCgi) assert.ok(lines.includes(`${module}_param HTTP_PROXY `), protocol);
    assert.equal(lines.includes(`include /etc/nginx/${module}_params`), isCgi, protocol);
  }
});

test('Buffering=no and RequestBuffering=no switch off buffering, except for gRPC, which has none', () => {
  const off = (pool: Pool): string[] => route(pool).filter(line => /buffering/.test(line));
  for (const [protocol, module] of Object.entries(MODULES)) {
    const both = [`${module}_buffering off`, `${module}_request_buffering off`];
    assert.deepEqual(off(speaking(protocol)), [], protocol);
    assert.deepEqual(
      off(speaking(protocol, 'Buffering=no', 'RequestBuffering=no')),
      protocol === 'grpc' ? [] : both,
    );
    if (protocol !== 'grpc') assert.deepEqual(off(speaking(protocol, 'RequestBuffering=no')), [both[1]]);
  }
});

test('Keepalive= keeps connections open by the directive of each protocol', () => {
  const connection = (pool: Pool): string[] => route(pool).filter(l => /Connection|keep_conn/.test(l));
  assert.deepEqual(connection(speaking('http')), ['proxy_set_header Connection $cgipool_connection']);
  assert.deepEqual(connection(speaking('http', 'Keepalive=4')), [
    'proxy_set_header Connection $cgipool_kept',
  ]);
  assert.deepEqual(connection(speaking('fastcgi')), []);
  assert.deepEqual(connection(speaking('fastcgi', 'Keepalive=4')), ['fastcgi_keep_conn on']);
  assert.deepEqual(connection(speaking('grpc', 'Keepalive=4')), []);
});

test('each Set= becomes one directive, last in the route and in the order of the file', () => {
  const lines = route(
    speaking('uwsgi', 'Set=uwsgi_param A "b; } # c"', 'Set=add_header B c always', 'Set=expires -1'),
  );
  assert.deepEqual(lines.slice(-3), ['uwsgi_param A b; } # c', 'add_header B c always', 'expires -1']);
  // with a header of its own, the route repeats HSTS
  const others = lines.slice(0, -3).filter(line => !line.includes('$cgipool_hsts_header'));
  assert.deepEqual(others, route(speaking('uwsgi')));
});

test("a pool with Protocol=tcp is in no file of nginx's http module", () => {
  const pool = poolOf('[Pool]\nExec=/bin/a\nPorts=6380\nProtocol=tcp\n[Nginx]\nListenStream=6379', 'redis');
  const texts = textsOf(pool, speaking('http'));
  for (const [path, text] of texts)
    if (path.startsWith('/etc/nginx/')) assert.doesNotMatch(text, /redis/, path);
  const stream = readNginx(texts.get('/etc/nginx/modules-enabled/90-cgipool.conf') ?? '');
  const includes = ['/etc/nginx/cgipool/streams.conf', '/etc/nginx/stream.d/*.conf'];
  assert.deepEqual(stream, [[['stream'], includes.map(path => [['include', path]])]]);
  assert.ok(!textsOf(speaking('http')).has('/etc/nginx/modules-enabled/90-cgipool.conf'));
});

const traffic = (...pools: Pool[]): Directive[] => read('/etc/nginx/cgipool/traffic.conf', ...pools);
const entries = (tree: readonly Directive[], variable: string): string[] =>
  all(tree, 'map')
    .filter(([words]) => words[2] === variable)
    .flatMap(([, block = []]) => block.map(([words]) => words.join(' ')));

const logged = (protocol: string, name: string, slots: string): Pool =>
  poolOf(`[Pool]\nExec=/bin/a\nProtocol=${protocol}\n${slots}\n[Nginx]\nLocation=/${name}\nSlowLog=1s`, name);

test('HTTP requests are logged by upstream name, those of other protocols by endpoint', () => {
  const http = logged('http', 'web', 'Ports=8000');
  assert.deepEqual(entries(traffic(http), '$cgipool_told'), [
    'volatile',
    'default 0',
    'cgipool_web $cgipool_listens',
  ]);
  assert.deepEqual(entries(traffic(http), '$cgipool_dialled'), []);
  const mixed = traffic(
    http,
    logged('fastcgi', 'php', 'Ports=9000-9001'),
    logged('scgi', 'old', 'Listen=unix'),
  );
  assert.deepEqual(entries(mixed, '$cgipool_told'), [
    'volatile',
    'default $cgipool_dialled',
    'cgipool_web $cgipool_listens',
  ]);
  assert.deepEqual(entries(mixed, '$cgipool_dialled'), [
    'volatile',
    'default 0',
    '127.0.0.1:9000 $cgipool_listens',
    '127.0.0.1:9001 $cgipool_listens',
    '~^unix:/run/cgipool/old[./] $cgipool_listens',
  ]);
});

test('requests at the wake socket of a sleeping pool are logged too', () => {
  const pool = poolOf(
    '[Pool]\nExec=/bin/a\nProtocol=fastcgi\nMin=0\nPorts=9000\n[Nginx]\nLocation=/php',
    'php',
  );
  const [, , , wakeSocket = ''] = entries(traffic(pool), '$cgipool_dialled');
  const [pattern = ''] = wakeSocket.slice(1).split(' ');
  assert.match('unix:/run/cgipool/php.wake', new RegExp(pattern));
  assert.doesNotMatch('unix:/run/cgipool/php-2.wake', new RegExp(pattern));
});

/** The longest key that nginx's map takes, on a machine with cache lines of 64 bytes. */
const MAX_KEY_CHARS = 46;

test('no map key is too long for nginx, whatever the pool name', () => {
  const name = 'a'.repeat(32);
  const pools = ['Listen=unix', 'Ports=65535\nMin=0'].map((slots, i) =>
    logged('fastcgi', `${name.slice(1)}${i}`, slots),
  );
  for (const [, block = []] of all(traffic(...pools, logged('http', name, 'Listen=unix')), 'map'))
    for (const [[key = '']] of block) assert.ok(key.startsWith('~') || key.length <= MAX_KEY_CHARS, key);
});

test.run();
