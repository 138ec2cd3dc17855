import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { runs } from '../fuzz.ts';
import { poolOf, siteOf } from '../render/given.ts';
import { attack } from '../render/inject/attack.ts';
import { storm, volley } from '../render/inject/campaign.ts';
import { HOSTILE, VERY_LONG } from '../render/inject/hostile.ts';
import { rendered } from '../render/inject/items.ts';
import { poolLines, siteLines, spell } from '../render/inject/lines.ts';
import { full } from '../render/inject/shape.ts';
import { nameOf, TARGETS } from '../render/inject/targets.ts';
import { plainly, WAYS, type Way } from '../render/inject/way.ts';

/*
 * Nothing that a file of /etc/cgipool holds may write a directive that its key does not own, in any text that comes of
 * it. This is the quick part; test/long/ tries a hundred thousand values.
 */
const test = suite('injection');

const NOTHING = { section: '', key: '' };
const unix = plainly('unix');
const text = spell(poolLines(full(unix)), NOTHING);
const pool = poolOf(text, 'qqname');
const site = siteOf(spell(siteLines(full(unix)), NOTHING));

/** A harmless pool of another way. */
const textOf = (change: Partial<Way>): string => spell(poolLines(full({ ...unix, ...change })), NOTHING);

test('every kind of text is looked at', () => {
  const held = poolOf(textOf({ activated: true, protocol: 'tcp' }), 'qqheld');
  const paths = [pool, held].flatMap(one => [...rendered(one, site).keys()]);
  assert.deepEqual([...new Set(paths)].map(path => path.replace(/^.*\//, '')).sort(), [
    ...['50-cgipool.rules', '90-cgipool.conf'],
    ...['cgipool-autoscale.service', 'cgipool-autoscale.timer', 'cgipool-publish.service'],
    ...['cgipool-qqheld.metric.service', 'cgipool-qqheld.probe@.service', 'cgipool-qqheld.slice'],
    ...['cgipool-qqheld@.service', 'cgipool-qqheld@.socket'],
    ...['cgipool-qqname.metric.service', 'cgipool-qqname.probe@.service', 'cgipool-qqname.slice'],
    ...['cgipool-qqname.wake.service', 'cgipool-qqname.wake.socket', 'cgipool-qqname@.service'],
    ...['cgipool.conf', 'cgipool.conf', 'cgipool.conf', 'cgipool.conf', 'cgipool.service'],
    ...['locations.conf', 'org.cgipool1.conf', 'streams.conf', 'traffic.conf', 'upstreams.conf'],
  ]);
});

/** What stands at a place where no name of a pool, of a section or of a schedule can be had. */
const EVER_REFUSED = ['pool [] KEY of Health', 'pool [] KEY of Nginx'];

test('the example of every key is taken, and is where it belongs', () => {
  const refused = TARGETS.filter(target => !WAYS.some(way => attack(target, target.example, way) === 'held'));
  assert.deepEqual(refused.map(nameOf), EVER_REFUSED);
});

test('made-up values of every key', () => {
  for (const target of TARGETS) storm(target, runs(20));
});

const FREE = /^(Description|X-Note|KEY)$/;
const CLOSE = /^(Exec|Location|ListenStream|Balance|Script|ScriptExtensions|Root|Set|ServerName|TLSKey)$/;

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

const target = (name: string) => TARGETS.find(one => nameOf(one) === name) ?? assert.fail(name);

test('a location is a text to compare with, also in a pattern, in whatever way the pool works', () => {
  const held = WAYS.filter(way => attack(target('pool [Nginx] Location'), '/a.b+c/d.php', way) === 'held');
  assert.equal(held.length, WAYS.filter(way => way.protocol !== 'tcp').length);
});

/** Directives of one line that would take over what a pool's route does. */
const TAKEOVERS = [
  ...['proxy', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'memcached'].map(name => `${name}_pass 127.0.0.1:22`),
  ...['alias /etc/', 'root /etc', 'include /etc/shadow', 'return 200', 'rewrite ^ /', 'set $cgipool_pool a'],
  ...['access_log /etc/cron.d/a', 'try_files /a /b', 'perl a', 'content_by_lua_file /a', 'internal on'],
];

test('Set= takes no directive that would send requests elsewhere, in whatever way the pool works', () => {
  for (const way of WAYS)
    for (const line of TAKEOVERS)
      assert.equal(attack(target('pool [Nginx] Set'), line, way), 'refused', line);
});

test('no text makes a line too long to read', () => {
  for (const target of TARGETS.filter(({ key }) => /^(Description|Exec|Location|ServerName)$/.test(key)))
    assert.deepEqual(volley(target, VERY_LONG), { tried: 4, held: 0 }, nameOf(target));
});

test.run();
