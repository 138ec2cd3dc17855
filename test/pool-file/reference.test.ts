import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { formatProblem } from '../../src/base/result.ts';
import { parseFleet } from '../../src/pool-file/fleet.ts';
import { passThrough, sections } from '../../src/pool-file/keys/keys.ts';
import { machineKeys, siteKeys } from '../../src/pool-file/keys/site-keys.ts';
import { namings } from '../../src/pool-file/ownership/named.ts';
import { liveRules } from '../../src/pool-file/rules/lives.ts';
import { chapter, fenced, mentioned, tableOf } from './reference.ts';

const test = suite('reference pages');

const page = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');

const poolPage = page('pool-file.md');
const sitePage = page('cgipool.conf.md');
const protocolPage = page('protocols.md');

const rows = (lines: readonly string[]): string[] => lines.filter(line => line.startsWith('|'));

for (const [name, table] of Object.entries(sections))
  test(`docs/pool-file.md lists the keys of [${name}] as the key table does`, () =>
    assert.deepEqual(rows(chapter(poolPage, `[${name}]`)), tableOf(table)));

test('docs/cgipool.conf.md lists the keys of [Machine] as the key table does', () =>
  assert.deepEqual(rows(chapter(sitePage, '[Machine]')), tableOf(machineKeys)));

test('docs/cgipool.conf.md lists the keys of [Nginx] as the key table does', () =>
  assert.deepEqual(rows(chapter(sitePage, '[Nginx]')), tableOf(siteKeys)));

for (const [section, table] of [
  ...Object.entries(sections),
  ['cgipool.conf', siteKeys] as const,
  ['cgipool.conf, machine', machineKeys] as const,
])
  for (const [name, { parse, fallback, example, doc }] of Object.entries(table))
    test(`[${section}] ${name}= accepts its own example and default`, () => {
      assert.deepEqual([name, parse(example).ok], [name, true]);
      if (typeof fallback === 'object' && 'text' in fallback) assert.ok(parse(fallback.text).ok);
      assert.match(doc, /^[A-Z].*\.$/);
    });

test('docs/pool-file.md lists every directive that [Service] cannot set, with what to do instead', () => {
  const text = chapter(poolPage, '[Service], [Unit] and [Slice]').join('\n');
  for (const [name, cure] of Object.entries(passThrough.Service)) {
    assert.ok(text.includes(`\`${name}=\``), name);
    assert.ok(text.replaceAll('`', '').includes(cure), cure);
  }
});

/** systemd directives that the pages mention. */
const SYSTEMD = [
  'Before',
  'InaccessiblePaths',
  'ExecStart',
  'MemoryMax',
  'CPUQuota',
  'After',
  'Environment',
  'ProtectHome',
  'Restart',
  'RestartPreventExitStatus',
  'StartLimitIntervalSec',
  'StartLimitBurst',
  'ExecCondition',
  'ExecStartPre',
  'ExecStartPost',
  'ExecStop',
  'ExecStopPost',
];

test('the reference pages mention only keys that exist', () => {
  const known = new Set([
    ...[...Object.values(sections), siteKeys, machineKeys].flatMap(Object.keys),
    ...Object.keys(passThrough.Service),
    ...Object.keys(namings),
    ...Object.keys(liveRules),
    ...SYSTEMD,
    'Key', // of `Key=value`
  ]);
  const names = [poolPage, sitePage, protocolPage].flatMap(mentioned);
  assert.ok(names.length > 40);
  assert.deepEqual(
    names.filter(name => !known.has(name)),
    [],
  );
});

test('the examples of the reference pages have no problems', () => {
  const pools = fenced(poolPage, 'ini').map((text, i) => ({ file: `example-${i}.pool`, text }));
  assert.ok(pools.length >= 3);
  for (const example of pools) assert.deepEqual(parseFleet([example]).problems.map(formatProblem), []);
  const [site = ''] = fenced(sitePage, 'ini');
  assert.match(site, /\[Nginx\]/);
  assert.deepEqual(parseFleet([{ file: 'cgipool.conf', text: site }]).problems, []);
});

test('the sample pools of services/ have no problems together', () => {
  const sources = ['search.pool', 'auth.pool'].map(file => ({
    file,
    text: readFileSync(new URL(`../../services/${file}`, import.meta.url), 'utf8'),
  }));
  const { pools, problems } = parseFleet(sources);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    pools.map(({ name, min, max, nginx }) => [name, min, max, nginx.location]),
    [
      ['auth', 1, 3, '/api/auth'],
      ['search', 2, 5, '/api/search'],
    ],
  );
});

test('docs/protocols.md has a pool without problems for each protocol and each Listen=', () => {
  const texts = fenced(protocolPage, 'ini');
  const seen = new Set<string>();
  for (const [i, text] of texts.entries()) {
    const { pools, problems } = parseFleet([{ file: `example-${i}.pool`, text }]);
    assert.deepEqual(problems.map(formatProblem), []);
    for (const { protocol, listen, activated } of pools) {
      seen.add(protocol);
      seen.add(activated ? 'fd' : listen);
    }
  }
  const protocols = ['http', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'tcp'];
  assert.deepEqual([...seen].sort(), [...protocols, 'unix', 'fd'].sort());
  const table = rows(chapter(`## All\n${protocolPage.split('## ')[0]}`, 'All'));
  assert.deepEqual(
    table.slice(2).map(row => /^\| `(\w+)`/.exec(row)?.[1]),
    protocols,
  );
});

test.run();
