import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { type Installed, parseInstalled } from '../../src/model/installed.ts';
import type { Pool } from '../../src/model/pool.ts';
import { completeInstalled } from '../../src/pool-file/complete-installed.ts';
import { parsePool } from '../../src/pool-file/pool-file.ts';
import { parseSite } from '../../src/pool-file/site-file.ts';

const test = suite('installed');

/** No key has its default, but for those that come after the others were recorded. */
const SOURCE = `[Pool]
Exec=/bin/search %i
Listen=unix
Slots=1-4
Min=2
[Scale]
Window=2min
[Nginx]
Location=/api
Balance=hash $uri
`;
const SITE = '[Nginx]\nServerName=example.org\nTLSCertificate=/a.pem\nTLSKey=/a.key\n';

function recorded(source = SOURCE): Installed {
  const { pool } = parsePool('search.pool', SOURCE);
  const { site } = parseSite('cgipool.conf', SITE);
  return {
    version: 2,
    site,
    pools: [{ pool: pool ?? assert.fail(), revision: 7, retired: [9], source, previous: 'before' }],
  };
}

type Tree = Record<string, unknown>;

/** The record as a file has it, without what the words name: `site machine maxPressure`. */
function without(path: string, record = recorded()): unknown {
  const copy = JSON.parse(JSON.stringify(record));
  const words = path.split(' ');
  const last = words.pop() ?? '';
  const parent = words.reduce<Tree>((tree, word) => tree[word] as Tree, copy);
  assert.ok(last in parent, `there is no ${path}`);
  delete parent[last];
  return copy;
}

const pathsBelow = (path: string, tree: object): string[] => Object.keys(tree).map(key => `${path} ${key}`);

const [{ pool }] = recorded().pools as [Installed['pools'][0]];
/** The parts of a pool without which there is nothing to complete. */
const NEEDED = ['name', 'exec', 'slots'].map(key => `pools 0 pool ${key}`);
const LATER = [
  ...pathsBelow('pools 0 pool', pool).filter(path => !NEEDED.includes(path)),
  ...(['health', 'scale', 'nginx', 'rollout', 'recycling'] as const).flatMap(part =>
    pathsBelow(`pools 0 pool ${part}`, pool[part]),
  ),
  ...pathsBelow('site', recorded().site).filter(path => !/serverNames|tls/.test(path)),
  ...['listen', 'redirect', 'hsts', 'stapling'].map(key => `site tls ${key}`),
  ...pathsBelow('site machine', recorded().site.machine),
];

for (const path of LATER)
  test(`a record of before there was "${path}" is completed by what the texts mean`, () => {
    assert.deepEqual(completeInstalled(without(path)), recorded());
  });

test('and one of before Backup= and rollbacks', () => {
  const found = completeInstalled(without('pools 0 retired', without('pools 0 previous') as Installed));
  assert.deepEqual([found?.pools[0]?.retired, found?.pools[0]?.previous], [[], null]);
  assert.equal(found?.pools[0]?.revision, 7);
});

/** Texts that say nothing of a pool, which is kept as it was installed. */
for (const text of ['', '[Pool]\nExec=x\n', '[Pool]\nMni=3\n'])
  test(`what is missing has its default where the text is refused: ${JSON.stringify(text)}`, () => {
    const found = completeInstalled(without('pools 0 pool activated', recorded(text)));
    assert.deepEqual(found, recorded(text));
  });

test('what was recorded goes before what the text means now', () => {
  const record = recorded(SOURCE.replace('1-4', '5-9').replace('/api', '/other'));
  assert.deepEqual(completeInstalled(without('pools 0 pool protocol', record)), record);
});

test('a whole record stays as it is, and each pool in the order in which it is written', () => {
  const found = completeInstalled(JSON.parse(JSON.stringify(recorded())));
  assert.deepEqual(found, recorded());
  assert.equal(JSON.stringify(found?.pools[0]?.pool), JSON.stringify(pool));
});

/** Each a change that leaves no record. */
const DAMAGES: [string, unknown][] = [
  ['nothing', null],
  ['a text', 'x'],
  ['a list', []],
  ['of a later program', { ...recorded(), version: 3 }],
  ...[...NEEDED, 'site', 'pools', 'version', 'pools 0 pool', 'pools 0 revision', 'site tls key'].map(
    (path): [string, unknown] => [`without ${path}`, without(path)],
  ),
  ['with a pool that is a number', { ...recorded(), pools: [3] }],
  ['with pools by name', { ...recorded(), pools: { search: 3 } }],
  ['with a site that is a text', { ...recorded(), site: 'x' }],
  ['with a number as text', { ...recorded(), pools: [{ ...recorded().pools[0], revision: '7' }] }],
  ['with a source that is none', { ...recorded(), pools: [{ ...recorded().pools[0], source: 3 }] }],
  ['with a section that is a number', { ...recorded(), pools: [{ pool: { ...pool, nginx: 3 } }] }],
];

for (const [what, value] of DAMAGES)
  test(`damaged: ${what}`, () => {
    assert.equal(completeInstalled(value), null);
  });

/** As 0.1.0 wrote it. */
const RECORDED = JSON.parse(readFileSync(new URL('./installed-0.1.0.json', import.meta.url), 'utf8'));

/** What came to [Nginx] since, as it was when nobody could say otherwise. */
const withLater = (known: { pool: Pool }): unknown => {
  const nginx = { ...known.pool.nginx, scriptExtensions: ['php'], accelRedirect: false };
  return { ...known, pool: { ...known.pool, nginx } };
};

test('the record of 0.1.0 is read, without its pool files being parsed anew', () => {
  const found = parseInstalled(RECORDED) ?? assert.fail();
  const { version, site, pools } = RECORDED;
  assert.equal(version, 1);
  assert.deepEqual(found.site, site);
  assert.deepEqual(
    found.pools.map(({ revision, ...rest }) => ({ ...rest, changedAt: revision })),
    pools.map(withLater),
  );
});

test('an install over the record of 0.1.0 takes no pool for changed', () => {
  const { pools } = parseInstalled(RECORDED) ?? assert.fail();
  const meant = pools.map(({ pool, source }) => [pool, parsePool(`${pool.name}.pool`, source).pool]);
  // that of one was refused at its last install
  const good = meant.filter(([, now]) => now !== null);
  assert.equal(good.length, pools.length - 1);
  for (const [before, now] of good) assert.deepEqual(now, before);
});

test.run();
