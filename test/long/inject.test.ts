import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { NginxRoute, Pool, Site, Tls } from '../../src/pool/pool.ts';
import { runs } from '../fuzz.ts';
import { poolOf, siteOf } from '../render/given.ts';
import { attack, holds } from '../render/inject/attack.ts';
import { storm, volley } from '../render/inject/campaign.ts';
import { HOSTILE, VERY_LONG } from '../render/inject/hostile.ts';
import { rendered } from '../render/inject/items.ts';
import { full, poolLines, siteLines, spell } from '../render/inject/shape.ts';
import { nameOf, TARGETS } from '../render/inject/targets.ts';

/*
 * Nothing that a file of /etc/cgipool holds may write a directive that its key does not own, in any text that comes of
 * it. This is the quick part; test/long/ tries a hundred thousand values.
 */
const test = suite('injection');

const NOTHING = { section: '', key: '' };
const text = spell(poolLines(full('unix')), NOTHING);
const pool = poolOf(text, 'qqname');
const site = siteOf(spell(siteLines(full('unix')), NOTHING));

test('every kind of text is looked at', () => {
  const paths = [...rendered(pool, site).keys()].map(path => path.replace(/^.*\//, ''));
  assert.deepEqual(paths.sort(), [
    ...[
      '50-cgipool.rules',
      'cgipool-autoscale.service',
      'cgipool-autoscale.timer',
      'cgipool-publish.service',
    ],
    ...['cgipool-qqname.metric.service', 'cgipool-qqname.probe@.service', 'cgipool-qqname.slice'],
    ...['cgipool-qqname.wake.service', 'cgipool-qqname.wake.socket', 'cgipool-qqname@.service'],
    ...['cgipool.conf', 'cgipool.conf', 'cgipool.conf', 'cgipool.conf', 'cgipool.service'],
    ...['locations.conf', 'org.cgipool1.conf', 'traffic.conf', 'upstreams.conf'],
  ]);
});

/** What stands at a place where no name of a pool, of a section or of a schedule can be had. */
const EVER_REFUSED = ['pool [] KEY of Health', 'pool [] KEY of Nginx'];

test('the example of every key is taken, and is where it belongs', () => {
  const refused = TARGETS.filter(
    target =>
      attack(target, target.example, 'tcp') !== 'held' && attack(target, target.example, 'unix') !== 'held',
  );
  assert.deepEqual(refused.map(nameOf), EVER_REFUSED);
});

test('made-up values of every key', () => {
  for (const target of TARGETS) storm(target, runs(20));
});

const FREE = /^(Description|X-Note|KEY)$/;
const CLOSE = /^(Exec|Location|Balance|ServerName|TLSKey)$/;

test('the listed values, for the keys that take the most', () => {
  for (const target of TARGETS.filter(({ key, section }) => FREE.test(key) && !/Unit|Slice/.test(section)))
    volley(target, HOSTILE);
});

test('the listed values after the example, for the keys that are rendered with few letters', () => {
  for (const target of TARGETS.filter(({ key }) => CLOSE.test(key)))
    volley(
      target,
      HOSTILE.map(text => target.example + text),
    );
});

test('no text makes a line too long to read', () => {
  for (const target of TARGETS.filter(({ key }) => /^(Description|Exec|Location|ServerName)$/.test(key)))
    assert.deepEqual(volley(target, VERY_LONG), { tried: 4, held: 0 }, nameOf(target));
});

const withNginx = (change: Partial<NginxRoute>): Partial<Pool> => ({ nginx: { ...pool.nginx, ...change } });
const withTls = (change: Partial<Tls>): Partial<Site> => ({
  tls: {
    ...{ listen: [], certificate: '/qq/certificate', key: '/qq/key' },
    ...{ redirect: true, hsts: null, stapling: null, ...change },
  },
});
const line = (key: string, value: string) => [{ key, value, line: 1 }];

/** Values that no file can give, for each place where a text is put in. */
const BROKEN: [name: string, pool: Partial<Pool>, site?: Partial<Site>, text?: string][] = [
  ...['a\n[Service]\nUser=root', 'a\rUser=root', 'a\0User=root', '50%', 'a\uFFFE', 'a'.repeat(2 ** 20)].map(
    (description): [string, Partial<Pool>] => ['description', { description }],
  ),
  ['exec', { exec: '/qq/exec\nUser=root' }],
  ['exec', { exec: '/qq/exec \\' }],
  // the text says so too, but it is not one command in the sandbox
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
  ['group', {}, { nginxGroup: 'a\nUser=root' }],
];

test('a value that did break out would be found', () => {
  holds('qqname.pool', text, pool, site);
  for (const [name, ofPool, ofSite = {}, given = text] of BROKEN)
    assert.throws(
      () => holds('qqname.pool', given, { ...pool, ...ofPool }, { ...site, ...ofSite }),
      Error,
      `${name}: ${JSON.stringify([ofPool, ofSite]).slice(0, 200)}`,
    );
});

test.run();
