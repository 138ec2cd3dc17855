import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import type { Site } from '../../src/model/site.ts';
import { nothingSent, renderUpstreams } from '../../src/render/upstreams.ts';
import { runs } from '../fuzz.ts';
import { assets, best, hostile, poolOf, poolText, siteOf } from './given.ts';
import { listens, servers, unlisten } from './intended.ts';
import { all, args, type Directive, readNginx } from './nginx-reader.ts';
import { locationsOf, textOf } from './nginx-texts.ts';

const test = suite('nginx: server blocks');

test('the control server returns the generation', () => {
  const tree = readNginx(renderUpstreams(siteOf('Control=127.0.0.2:700'), [], nothingSent(), 1234, assets));
  assert.deepEqual(args(tree, 'listen'), ['127.0.0.2:700']);
  assert.deepEqual(args(all(tree, 'server'), 'return'), ['200 1234\\n', '404']);
});

test('StatusAllow= limits who may read the status; the default is loopback', () => {
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

/** Asserts that the server blocks are the intended ones. */
function assertIntended(where: Site): void {
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

test('the server blocks have the names, listens and certificate of cgipool.conf', () => {
  const tls = ['TLSCertificate=/etc/ssl/a.pem', 'TLSKey=/etc/ssl/a.key'];
  const sites = [
    siteOf(),
    siteOf('ServerName=example.org *.example.org', 'Listen=8080 default_server', 'Listen=[::]:8080'),
    siteOf(...tls),
    siteOf(...tls, 'TLSListen=192.0.2.1:8443'),
  ];
  for (const one of sites) assertIntended(one);
  assert.deepEqual(args(serversOf(siteOf(...tls), false), 'listen'), ['80', '443 ssl http2']);
});

const withTls = (...lines: string[]): Directive[] =>
  serversOf(siteOf('TLSCertificate=/etc/ssl/a.pem', 'TLSKey=/etc/ssl/a.key', ...lines));

test('TLSRedirect= redirects to the first TLS port, without a number for 443', () => {
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

test('the TLS server sets HSTS= in whole seconds', () => {
  const hsts = (...lines: string[]): string[] => args(withTls(...lines), 'set');
  assert.deepEqual(hsts(), []);
  assert.deepEqual(hsts('HSTS=1y'), ['$cgipool_hsts max-age=31557600']);
  assert.deepEqual(hsts('HSTS=1500ms'), ['$cgipool_hsts max-age=2']);
  assert.deepEqual(hsts('HSTS=0'), ['$cgipool_hsts max-age=0']);
});

test('every block with an add_header of its own repeats HSTS', () => {
  const seen = locationsOf([poolOf(poolText()), poolOf(poolText().replace('/api', '/'), 'b')]);
  const blocks = (tree: readonly Directive[]): Directive[][] =>
    tree.flatMap(([, block]) => (block ? [block, ...blocks(block)] : []));
  const own = blocks(seen).filter(block => block.some(([words]) => words[0] === 'add_header'));
  assert.equal(own.length, 5);
  for (const block of own)
    assert.ok(args(block, 'add_header').includes('Strict-Transport-Security $cgipool_hsts_header always'));
});

test('TLSStapling=yes staples OCSP responses, with TLSAuthorities= and Resolver=', () => {
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

test('ACME challenges are served over HTTP only', () => {
  const challenge = 'ACMEWebroot=/var/lib/acme';
  assert.deepEqual(args(serversOf(siteOf(challenge)), 'root'), ['/var/lib/acme']);
  assert.deepEqual(
    withTls(challenge).map(server => args([server], 'root')),
    [['/var/lib/acme'], []],
  );
});

const GOOD = ['/etc/a', '80', '127.0.0.1', 'a.example', '*.b', '::1', '10.0.0.0/8', '[::]:81', '*:82', '443'];
const good = fc.constantFrom(...GOOD);
const value = fc.oneof(
  hostile,
  fc.array(good, { minLength: 1, maxLength: 2 }).map(words => words.join(' ')),
  ...['', ' ', ';'].map(between => fc.tuple(good, hostile).map(parts => parts.join(between))),
);
/** Mostly valid: one bad value would hide the effect of the others. */
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
  User: value,
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
      assertIntended(where);
      assert.deepEqual(args(locationsOf([], where), 'allow'), where.statusAllow);
      const control = readNginx(renderUpstreams(where, [], nothingSent(), 1, assets));
      assert.deepEqual(args(control, 'listen'), [where.control]);
    }),
    runs(200),
  );
  for (const count of Object.values(seen)) assert.ok(count > 1, `most were refused: ${JSON.stringify(seen)}`);
});

test.run();
