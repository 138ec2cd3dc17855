import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import type { Pool, Site } from '../../src/pool/pool.ts';
import { renderMachine } from '../../src/render/machine.ts';
import { nothingSent, renderUpstreams } from '../../src/render/upstreams.ts';
import { runs } from '../fuzz.ts';
import { assets, best, hostile, poolOf, poolText, site, siteOf } from './given.ts';
import { listens, routes, servers, unlisten, upstream } from './intended.ts';
import { all, args, type Directive, readNginx } from './nginx-reader.ts';

const test = suite('nginx');

const machine = { ipv6: true, node: '/usr/bin/node', program: '/p', tag: 'cgipool_0' };

function textOf(path: string, pools: readonly Pool[], where = site, ipv6 = true): Directive[] {
  const all = renderMachine({ site: where, pools, assets, machine: { ...machine, ipv6 } });
  return readNginx(all.get(path) ?? assert.fail(path));
}

const locationsOf = (pools: readonly Pool[], where = site): Directive[] =>
  textOf('/etc/nginx/cgipool/locations.conf', pools, where);

/** The routes of pools: all locations but those of the status. */
const routesOf = (...pools: Pool[]): Directive[] =>
  locationsOf(pools).filter(([words]) => !/pool-status|@cgipool_no_status/.test(words.join(' ')));

const plain = routesOf(poolOf(poolText()));

const upstreamsOf = (pools: readonly Pool[], live: Record<string, number[]>, generation = 7): Directive[] =>
  readNginx(renderUpstreams(site, pools, { live, weights: {} }, generation, assets));

const ready = (tree: readonly Directive[]): string[] =>
  tree
    .filter(([words]) => words[0] === 'map')
    .flatMap(([, block = []]) => block.map(([words]) => words.join(' ')));

const withKey = (line: string): Pool => poolOf(poolText('[Nginx]', line));

test('a route for the location itself and one for what is below it', () => {
  const pool = poolOf(poolText());
  assert.deepEqual(args(routesOf(pool), 'location'), ['= /api', '^~ /api/']);
  assert.deepEqual(routesOf(pool), routes(pool, plain));
});

test('/ is one route, and no Location= is none', () => {
  const root = poolOf(poolText().replace('/api', '/'));
  assert.deepEqual(args(routesOf(root), 'location'), ['/']);
  assert.deepEqual(routesOf(root), routes(root, plain));
  assert.deepEqual(routesOf(poolOf(poolText().replace('Location=/api', ''))), []);
});

test('what the keys of [Nginx] become', () => {
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

test('what each Balance= becomes', () => {
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

test('an upstream is never empty, and its pool is then not ready', () => {
  const [a, b] = [poolOf(poolText(), 'a'), poolOf(poolText().replace('/api', '/b'), 'b')];
  const tree = upstreamsOf([a, b], { a: [8001, 8000] });
  assert.deepEqual(all(tree, 'upstream'), [upstream(a, [8000, 8001]), upstream(b, [])]);
  assert.deepEqual(ready(tree), ['volatile', 'default 0', 'cgipool_a 1']);
  assert.deepEqual(
    args(upstreamsOf([a], {}), 'server').filter(text => text !== ''),
    ['127.0.0.1:9 down'],
  );
});

test('slots that a pool has not, and pools that are not there, come to nothing', () => {
  const pool = poolOf(poolText());
  const live = { search: [8002, 9999, 22, -1, Number.NaN], stranger: [80] };
  assert.deepEqual(all(upstreamsOf([pool], live), 'upstream'), [upstream(pool, [8002])]);
});

test('a pool may be called as what JavaScript and nginx know themselves', () => {
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

test('unix sockets, and a zone that has room for all slots', () => {
  const unix = poolOf('[Pool]\nExec=/bin/worker\nListen=unix\nSlots=1-3');
  assert.deepEqual(all(upstreamsOf([unix], { search: [1, 3] }), 'upstream'), [upstream(unix, [1, 3])]);
  const large = poolOf('[Pool]\nExec=/bin/worker\nPorts=8000-8999');
  assert.deepEqual(all(upstreamsOf([large], {}), 'upstream'), [upstream(large, [], '1016k')]);
});

test('the generation is told on the control port', () => {
  const tree = readNginx(renderUpstreams(siteOf('Control=127.0.0.2:7000'), [], nothingSent(), 1234, assets));
  assert.deepEqual(args(tree, 'listen'), ['127.0.0.2:7000']);
  assert.deepEqual(args(all(tree, 'server'), 'return'), ['200 1234\\n', '404']);
});

test('who may read the status', () => {
  const allow = (...lines: string[]): string[] => args(locationsOf([], siteOf(...lines)), 'allow');
  assert.deepEqual(allow(), ['127.0.0.1', '::1']);
  assert.deepEqual(allow('StatusAllow=192.0.2.0/24 ::1'), ['192.0.2.0/24', '::1']);
  const [status] = all(locationsOf([]), 'location');
  assert.deepEqual(status?.[1]?.map(([words]) => words.join(' ')).slice(0, 3), [
    'allow 127.0.0.1',
    'allow ::1',
    'deny all',
  ]);
});

const serversOf = (where: Site, ipv6 = true): Directive[] =>
  all(textOf('/etc/nginx/conf.d/cgipool.conf', [], where, ipv6), 'server');

const plainServers = ({ tls, acmeWebroot }: Site): Directive[] =>
  serversOf(
    siteOf(
      ...['TLSCertificate=/a', 'TLSKey=/b', `HSTS=${tls && tls.hsts !== null ? '1s' : 'none'}`],
      ...(acmeWebroot === null ? [] : ['ACMEWebroot=/c']),
    ),
  );

/** The server blocks are as they are meant to be. */
function areIntended(where: Site): void {
  const found = unlisten(serversOf(where));
  assert.deepEqual(
    found.map(([given]) => given),
    listens(where),
  );
  assert.deepEqual(
    found.map(([, block]) => block),
    servers(where, plainServers(where)),
  );
}

test('the server blocks', () => {
  const tls = ['TLSCertificate=/etc/ssl/a.pem', 'TLSKey=/etc/ssl/a.key'];
  const sites = [
    siteOf(),
    siteOf('ServerName=example.org *.example.org', 'Listen=8080 default_server', 'Listen=[::]:8080'),
    siteOf(...tls),
    siteOf(...tls, 'TLSListen=192.0.2.1:8443'),
  ];
  for (const one of sites) areIntended(one);
  assert.deepEqual(args(serversOf(siteOf(...tls), false), 'listen'), ['80', '443 ssl http2']);
});

const withTls = (...lines: string[]): Directive[] =>
  serversOf(siteOf('TLSCertificate=/etc/ssl/a.pem', 'TLSKey=/etc/ssl/a.key', ...lines));

test('a redirect goes to the port that a browser can reach', () => {
  const rows: [lines: string[], authority: string][] = [
    [[], 'https://$host$request_uri'],
    [['TLSListen=8443'], 'https://$host:8443$request_uri'],
    [['TLSListen=192.0.2.1:8443', 'TLSListen=[::]:9443'], 'https://$host:8443$request_uri'],
    [['TLSListen=8443', 'TLSListen=[::]:443 default_server'], 'https://$host$request_uri'],
  ];
  for (const [lines, to] of rows) {
    const [plain = assert.fail(), tls = assert.fail()] = withTls('TLSRedirect=yes', ...lines);
    assert.deepEqual(args([plain], 'return'), [`301 ${to}`, `308 ${to}`, '404'], lines.join());
    assert.deepEqual(args([tls], 'return'), ['404']);
  }
  assert.deepEqual(args(withTls(), 'if'), []);
});

test('HSTS is told in whole seconds, by the TLS server alone', () => {
  const told = (...lines: string[]): string[] => args(withTls(...lines), 'set');
  assert.deepEqual(told(), []);
  assert.deepEqual(told('HSTS=1y'), ['$cgipool_hsts max-age=31557600']);
  assert.deepEqual(told('HSTS=1500ms'), ['$cgipool_hsts max-age=2']);
  assert.deepEqual(told('HSTS=0'), ['$cgipool_hsts max-age=0']);
});

test('every place with headers of its own tells HSTS too', () => {
  const seen = locationsOf([poolOf(poolText()), poolOf(poolText().replace('/api', '/'), 'b')]);
  const blocks = (tree: readonly Directive[]): Directive[][] =>
    tree.flatMap(([, block]) => (block ? [block, ...blocks(block)] : []));
  const own = blocks(seen).filter(block => block.some(([words]) => words[0] === 'add_header'));
  assert.equal(own.length, 5);
  for (const block of own)
    assert.ok(args(block, 'add_header').includes('Strict-Transport-Security $cgipool_hsts_header always'));
});

test('stapling', () => {
  const directives = (...lines: string[]): string[] =>
    ['ssl_stapling', 'ssl_stapling_verify', 'ssl_trusted_certificate', 'resolver'].flatMap(name =>
      args(withTls(...lines), name).map(text => `${name} ${text}`),
    );
  assert.deepEqual(directives('Resolver=127.0.0.53'), []);
  assert.deepEqual(directives('TLSStapling=yes'), [
    'ssl_stapling on',
    'ssl_stapling_verify on',
    'ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt',
  ]);
  assert.deepEqual(
    directives('TLSStapling=yes', 'TLSAuthorities=/a', 'Resolver=127.0.0.53 2001:db8::1').slice(2),
    ['ssl_trusted_certificate /a', 'resolver 127.0.0.53 [2001:db8::1]'],
  );
});

test('challenges of ACME are served by plain http alone', () => {
  const challenge = 'ACMEWebroot=/var/lib/acme';
  assert.deepEqual(args(serversOf(siteOf(challenge)), 'root'), ['/var/lib/acme']);
  assert.deepEqual(
    withTls(challenge).map(server => args([server], 'root')),
    [['/var/lib/acme'], []],
  );
});

const hash = hostile.map(text => `hash $request_uri${text}`);

const files = fc.record({
  location: hostile,
  balance: fc.oneof(hostile, hash),
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

const GOOD = ['/etc/a', '80', '127.0.0.1', 'a.example', '*.b', '::1', '10.0.0.0/8', '[::]:81', '*:82', '443'];
const good = fc.constantFrom(...GOOD);
const value = fc.oneof(
  hostile,
  fc.array(good, { minLength: 1, maxLength: 2 }).map(words => words.join(' ')),
  ...['', ' ', ';'].map(between => fc.tuple(good, hostile).map(parts => parts.join(between))),
);
/** Mostly good, where one bad value would hide what others come to. */
const mostly = (text: string) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(text) }, { weight: 1, arbitrary: value });
const file = fc.record({
  ServerName: fc.oneof(value, fc.constant('a.example *.b')),
  Listen: fc.oneof(value, fc.constantFrom('8080', '[::]:81 \t default_server')),
  TLSListen: value,
  TLSCertificate: mostly('/a'),
  TLSKey: mostly('/b'),
  HSTS: mostly('30d'),
  ACMEWebroot: fc.oneof(value, fc.constant('/c')),
  StatusAllow: fc.oneof(value, fc.constant('::1 10.0.0.0/8')),
  Control: value,
  Group: value,
});

test('no hostile value of cgipool.conf adds, removes or changes a directive', () => {
  const seen = { tls: 0, names: 0, allow: 0, listen: 0, hsts: 0, acme: 0 };
  const none = siteOf();
  fc.assert(
    fc.property(file, given => {
      const lines = Object.entries(given).map(([key, text]) => `${key}=${text}`);
      const where = best('cgipool.conf', `[Nginx]\n${lines.join('\n')}`).site;
      if (where.tls) seen.tls++;
      if (where.tls && where.tls.hsts !== null) seen.hsts++;
      if (where.acmeWebroot !== null) seen.acme++;
      if (where.listen.length > 0) seen.listen++;
      if (where.serverNames.join() !== none.serverNames.join()) seen.names++;
      if (where.statusAllow.join() !== none.statusAllow.join()) seen.allow++;
      areIntended(where);
      assert.deepEqual(args(locationsOf([], where), 'allow'), where.statusAllow);
      const control = readNginx(renderUpstreams(where, [], nothingSent(), 1, assets));
      assert.deepEqual(args(control, 'listen'), [where.control]);
    }),
    runs(200),
  );
  for (const count of Object.values(seen)) assert.ok(count > 1, `most were refused: ${JSON.stringify(seen)}`);
});

test('a value that did break out would be found', () => {
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

test('the reader reads as nginx does', () => {
  const rows: [text: string, ...tree: Directive[]][] = [
    ['a b;c;', [['a', 'b']], [['c']]],
    ['a { b; } # c { \n d;', [['a'], [[['b']]]], [['d']]],
    [`a "b ; }" 'c {';`, [['a', 'b ; }', 'c {']]],
    // nginx's other way to write a variable
    ['a $\u007Bb\u007D\\;c;', [['a', '$\u007Bb\u007D\\;c']]],
    ['a b#c;', [['a', 'b#c']]],
  ];
  for (const [text, ...tree] of rows) assert.deepEqual(readNginx(text), tree);
  for (const text of ['a', 'a {', '}', 'a { b }', 'a; }', 'a "b;'])
    assert.throws(() => readNginx(text), Error, text);
});

test.run();
