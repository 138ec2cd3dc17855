import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { NginxRoute, Pool } from '../../src/model/pool.ts';
import type { Site, Tls } from '../../src/model/site.ts';
import { poolOf, siteOf } from '../render/given.ts';
import { holds } from '../render/inject/holds.ts';
import { poolLines, siteLines, spell } from '../render/inject/lines.ts';
import { full } from '../render/inject/shape.ts';
import { plainly, type Way } from '../render/inject/way.ts';

/* Proves that the injection tests detect values that break out: such values are put where no file could put them. */
const test = suite('injection: broken values');

const NOTHING = { section: '', key: '' };
const unix = plainly('unix');

/** A harmless pool with another listen, protocol or script. */
const textOf = (change: Partial<Way>): string => spell(poolLines(full({ ...unix, ...change })), NOTHING);

const text = textOf({});
const pool = poolOf(text, 'qqname');
const site = siteOf(spell(siteLines(full(unix)), NOTHING));

const withNginx = (change: Partial<NginxRoute>): Partial<Pool> => ({ nginx: { ...pool.nginx, ...change } });
const withTls = (change: Partial<Tls>): Partial<Site> => ({
  tls: {
    ...{ listen: [], certificate: '/qq/certificate', key: '/qq/key' },
    ...{ redirect: true, hsts: null, stapling: null, ...change },
  },
});
const line = (key: string, value: string) => [{ key, value, line: 1 }];

/** Values that no file can have, for each place where a value is filled in. */
const BROKEN: [name: string, pool: Partial<Pool>, site?: Partial<Site>, text?: string][] = [
  ...['a\n[Service]\nUser=root', 'a\rUser=root', 'a\0User=root', '50%', 'a\uFFFE', 'a'.repeat(2 ** 20)].map(
    (description): [string, Partial<Pool>] => ['description', { description }],
  ),
  ['exec', { exec: '/qq/exec\nUser=root' }],
  ['exec', { exec: '/qq/exec \\' }],
  // the pool file has it too, but it is not a single command in the sandbox
  ...['+/qq/exec', '"+/qq/exec"', '"\\x2b/qq/exec"', '/qq/exec ; /bin/sh', 'qq/exec', '/qq/exec "'].map(
    (exec): [string, Partial<Pool>, Partial<Site>, string] => [
      'exec',
      { exec },
      {},
      text.replace('/qq/exec', exec),
    ],
  ),
  ['command', { health: { ...pool.health, command: '/qq/check\nUser=root' } }],
  ['metric', { scale: { ...pool.scale, metric: { kind: 'exec', command: '/qq/count\rUser=root' } } }],
  ['name', { name: 'qq\nname' }],
  ...[pool.service, pool.unit, pool.slice].map((_, i): [string, Partial<Pool>] => {
    const section = ['service', 'unit', 'slice'][i] ?? '';
    return [section, { [section]: line('X-Note', 'a\nUser=root') }];
  }),
  ['key', { service: line('X-Note\n[Install]\nAlias', 'a') }],
  ...['/a b', '/a;', '/a{', '/a\\', '/a\nb', '/a"', `/${'a'.repeat(5000)}`, '/a; return 200'].map(
    (location): [string, Partial<Pool>] => ['location', withNginx({ location })],
  ),
  ['hash', withNginx({ balance: { method: 'hash', key: '$host; server 192.0.2.1' } })],
  ['names', {}, { serverNames: ['a; return 200'] }],
  ['listen', {}, { listen: ['80; return 200'] }],
  ['tls', {}, withTls({ certificate: '/a; include /b' })],
  ['tls', {}, withTls({ listen: ['443 ;'], key: '/b } server {' })],
  ['tls', {}, withTls({ listen: ['8443; return 200'] })],
  ['tls', {}, withTls({ hsts: Number.NaN })],
  ['stapling', {}, withTls({ stapling: { authorities: '/a; include /b', resolver: [] } })],
  ['stapling', {}, withTls({ stapling: { authorities: '/a', resolver: ['::1; include /b'] } })],
  ['acme', {}, { acmeWebroot: '/a; autoindex on' }],
  ['allow', {}, { statusAllow: ['all; #'] }],
  ['control', {}, { control: '127.0.0.1:1;\n' }],
  ['log', {}, { accessLog: '127.0.0.1:1 x' }],
  ['group', {}, { nginxUser: 'a\nUser=root' }],
];

/** The same for pools with scripts, other protocols and Listen=fd. */
const BROKEN_WAYS: [way: Partial<Way>, nginx: Partial<NginxRoute>][] = [
  [{ protocol: 'fastcgi', script: 'script' }, { script: '/a; return 200' }],
  [{ protocol: 'fastcgi', script: 'script' }, { script: '/a b' }],
  [{ protocol: 'fastcgi', script: 'root' }, { root: '/a$host' }],
  [{ protocol: 'fastcgi', script: 'root' }, { root: '/a) {} if (-f /b' }],
  [{ protocol: 'fastcgi', script: 'root' }, { location: '/a.*b' }],
  ...['php|', '[a-z]+', 'php)(/', 'php"; return 200', ''].map((text): [Partial<Way>, Partial<NginxRoute>] => [
    { protocol: 'fastcgi', script: 'root' },
    { scriptExtensions: [text] },
  ]),
  [{ protocol: 'scgi' }, { set: ['scgi_param A b; return 200'] }],
  [{ protocol: 'uwsgi' }, { set: ['add_header A b', 'add_header C d'] }],
  [{ protocol: 'uwsgi' }, { set: [] }],
  [{ protocol: 'grpc' }, { set: ['add_header A "b'] }],
  [{ protocol: 'grpc', activated: true }, { maxConns: 3.5 }],
  [{ protocol: 'tcp' }, { stream: '1; } server { listen 2' }],
  [{ protocol: 'tcp', activated: true }, { balance: { method: 'hash', key: '$remote_addr; #' } }],
];

test('a value that breaks out is detected with every protocol', () => {
  for (const [way, change] of BROKEN_WAYS) {
    const given = textOf(way);
    const good = poolOf(given, 'qqname');
    holds('qqname.pool', given, good, site);
    const bad = { ...good, nginx: { ...good.nginx, ...change } };
    assert.throws(() => holds('qqname.pool', given, bad, site), Error, JSON.stringify([way, change]));
  }
});

test('a Set= that sends requests elsewhere is detected', () => {
  for (const set of ['proxy_pass http://192.0.2.1', 'alias /etc/', 'include /etc/passwd', 'return 200']) {
    const given = text.replace('Set=add_header X-Qq qqset', `Set=${set}`);
    const bad = { ...pool, nginx: { ...pool.nginx, set: [set] } };
    assert.throws(() => holds('qqname.pool', given, bad, site), /Expected/, set);
  }
});

test('a value that breaks out is detected in every place', () => {
  holds('qqname.pool', text, pool, site);
  for (const [name, ofPool, ofSite = {}, given = text] of BROKEN)
    assert.throws(
      () => holds('qqname.pool', given, { ...pool, ...ofPool }, { ...site, ...ofSite }),
      Error,
      `${name}: ${JSON.stringify([ofPool, ofSite]).slice(0, 200)}`,
    );
});

test.run();
