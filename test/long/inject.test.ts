import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { runs } from '../fuzz.ts';
import { poolOf, siteOf } from '../render/given.ts';
import { attack } from '../render/inject/attack.ts';
import { HOSTILE, VERY_LONG } from '../render/inject/hostile.ts';
import { rendered } from '../render/inject/items.ts';
import { poolLines, siteLines, spell } from '../render/inject/lines.ts';
import { full } from '../render/inject/shape.ts';
import { nameOf, TARGETS } from '../render/inject/targets.ts';
import { tryRandom, tryValues } from '../render/inject/tries.ts';
import { plainly, WAYS, type Way } from '../render/inject/way.ts';

/*
 * No value in a file of /etc/cgipool may add a directive that its key does not own to any generated file. This is the
 * quick part; inject-keys.test.ts and inject-others.test.ts try a hundred thousand values.
 */
const test = suite('injection');

const NOTHING = { section: '', key: '' };
const unix = plainly('unix');
const text = spell(poolLines(full(unix)), NOTHING);
const pool = poolOf(text, 'qqname');
const site = siteOf(spell(siteLines(full(unix)), NOTHING));

/** A harmless pool with another listen, protocol or script. */
const textOf = (change: Partial<Way>): string => spell(poolLines(full({ ...unix, ...change })), NOTHING);

test('the injection tests cover every generated file', () => {
  const held = poolOf(textOf({ activated: true, protocol: 'tcp' }), 'qqheld');
  const paths = [pool, held].flatMap(one => [...rendered(one, site).keys()]);
  assert.deepEqual([...new Set(paths)].map(path => path.replace(/^.*\//, '')).sort(), [
    ...['50-cgipool.rules', '90-cgipool.conf', 'access.conf'],
    ...['cgipool-autoscale.service', 'cgipool-autoscale.timer', 'cgipool-log.service', 'cgipool-log.socket'],
    ...['cgipool-nginx.listen@.socket', 'cgipool-publish.service'],
    ...['cgipool-qqheld.metric.service', 'cgipool-qqheld.probe@.service', 'cgipool-qqheld.slice'],
    ...['cgipool-qqheld@.service', 'cgipool-qqheld@.socket'],
    ...['cgipool-qqname.metric.service', 'cgipool-qqname.probe@.service', 'cgipool-qqname.slice'],
    ...['cgipool-qqname.wake.service', 'cgipool-qqname.wake.socket', 'cgipool-qqname@.service'],
    ...[
      'cgipool-sockets.conf',
      'cgipool.conf',
      'cgipool.conf',
      'cgipool.conf',
      'cgipool.conf',
      'cgipool.conf',
      'cgipool.service',
    ],
    ...['locations.conf', 'org.cgipool1.conf', 'streams.conf', 'traffic.conf', 'upstreams.conf'],
  ]);
});

/** Targets whose example is refused: Min= does not belong into these sections. */
const ALWAYS_REFUSED = ['pool [] KEY of Health', 'pool [] KEY of Nginx'];

test('the example of every key is accepted, and ends up where it belongs', () => {
  const refused = TARGETS.filter(target => !WAYS.some(way => attack(target, target.example, way) === 'held'));
  assert.deepEqual(refused.map(nameOf), ALWAYS_REFUSED);
});

test('random values of every key do not break out', () => {
  for (const target of TARGETS) tryRandom(target, runs(20));
});

const FREE = /^(Description|X-Note|KEY)$/;
const CLOSE = /^(Exec|Location|ListenStream|Balance|Script|ScriptExtensions|Root|Set|ServerName|TLSKey)$/;

test('hostile values of the keys with the fewest restrictions do not break out', () => {
  for (const target of TARGETS.filter(({ key, section }) => FREE.test(key) && !/Unit|Slice/.test(section)))
    tryValues(target, HOSTILE);
});

test('hostile values after a valid one do not break out', () => {
  for (const target of TARGETS.filter(({ key }) => CLOSE.test(key)))
    tryValues(
      target,
      HOSTILE.map(text => target.example + text),
    );
});

const target = (name: string) => TARGETS.find(one => nameOf(one) === name) ?? assert.fail(name);

test('special characters in Location= are literal, with every protocol', () => {
  const held = WAYS.filter(way => attack(target('pool [Nginx] Location'), '/a.b+c/d.php', way) === 'held');
  assert.equal(held.length, WAYS.filter(way => way.protocol !== 'tcp').length);
});

/** Directives that would take over a pool's route. */
const TAKEOVERS = [
  ...['proxy', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'memcached'].map(name => `${name}_pass 127.0.0.1:22`),
  ...['alias /etc/', 'root /etc', 'include /etc/shadow', 'return 200', 'rewrite ^ /', 'set $cgipool_pool a'],
  ...['access_log /etc/cron.d/a', 'try_files /a /b', 'perl a', 'content_by_lua_file /a', 'internal on'],
];

test('Set= refuses directives that would send requests elsewhere, with every protocol', () => {
  for (const way of WAYS)
    for (const line of TAKEOVERS)
      assert.equal(attack(target('pool [Nginx] Set'), line, way), 'refused', line);
});

test('values that would make a line too long are refused', () => {
  for (const target of TARGETS.filter(({ key }) => /^(Description|Exec|Location|ServerName)$/.test(key)))
    assert.deepEqual(tryValues(target, VERY_LONG), { tried: 4, held: 0 }, nameOf(target));
});

test.run();
