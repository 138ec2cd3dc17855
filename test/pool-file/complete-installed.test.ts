import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { type Installed, onMonotonic, parseInstalled } from '../../src/model/installed.ts';
import { completeInstalled } from '../../src/pool-file/complete-installed.ts';
import { parsePool } from '../../src/pool-file/pool-file.ts';
import { parseSite } from '../../src/pool-file/site-file.ts';

const test = suite('record of an install');

/** Sets the keys whose default would hide a wrong completion. */
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
    at: 0,
    site,
    pools: [
      {
        pool: pool ?? assert.fail(),
        revision: 7,
        began: { boot: 'b', at: 5 },
        retired: [9],
        source,
        restricted: true,
      },
    ],
  };
}

type Tree = Record<string, unknown>;

/** The record as JSON, without the field at a path such as `site machine maxPressure`. */
function without(path: string, record = recorded()): unknown {
  const copy = JSON.parse(JSON.stringify(record));
  const words = path.split(' ');
  const last = words.pop() ?? '';
  const parent = words.reduce<Tree>((tree, word) => tree[word] as Tree, copy);
  assert.ok(last in parent, `the record has no ${path}`);
  delete parent[last];
  return copy;
}

const pathsBelow = (path: string, tree: object): string[] => Object.keys(tree).map(key => `${path} ${key}`);

const [{ pool }] = recorded().pools as [Installed['pools'][0]];
/** The fields of a pool that have no default. */
const REQUIRED = ['name', 'exec', 'slots'].map(key => `pools 0 pool ${key}`);
const OPTIONAL = [
  ...pathsBelow('pools 0 pool', pool).filter(path => !REQUIRED.includes(path)),
  ...(['health', 'scale', 'nginx', 'rollout', 'recycling'] as const).flatMap(part =>
    pathsBelow(`pools 0 pool ${part}`, pool[part]),
  ),
  ...pathsBelow('site', recorded().site).filter(path => !/serverNames|tls/.test(path)),
  ...['listen', 'redirect', 'hsts', 'stapling'].map(key => `site tls ${key}`),
  ...pathsBelow('site machine', recorded().site.machine),
];

for (const path of OPTIONAL)
  test(`a record without "${path}" gets it from the text of the pool file`, () => {
    assert.deepEqual(completeInstalled(without(path)), recorded());
  });

test('a record without retired slots gets none', () => {
  const found = completeInstalled(without('pools 0 retired'));
  assert.deepEqual(found?.pools[0]?.retired, []);
  assert.equal(found?.pools[0]?.revision, 7);
});

/** Pool files with mistakes: the pool is kept as it was installed. */
for (const text of ['', '[Pool]\nExec=x\n', '[Pool]\nMni=3\n'])
  test(`a record without "activated" gets its default if the pool file has mistakes: ${JSON.stringify(text)}`, () => {
    const found = completeInstalled(without('pools 0 pool activated', recorded(text)));
    assert.deepEqual(found, recorded(text));
  });

test('recorded values take precedence over the text of the pool file', () => {
  const record = recorded(SOURCE.replace('1-4', '5-9').replace('/api', '/other'));
  assert.deepEqual(completeInstalled(without('pools 0 pool protocol', record)), record);
});

test('a complete record stays as it is, with the keys of each pool in their order', () => {
  const found = completeInstalled(JSON.parse(JSON.stringify(recorded())));
  assert.deepEqual(found, recorded());
  assert.equal(JSON.stringify(found?.pools[0]?.pool), JSON.stringify(pool));
});

test('a revision is told by the monotonic clock of this boot, and is older than all instances of another', () => {
  const at = (boot: string): number[] =>
    onMonotonic(recorded(), boot, 3).pools.map(({ revision }) => revision);
  assert.deepEqual([at('b'), at('other')], [[5], [0]]);
  const old = { ...recorded(), pools: recorded().pools.map(one => ({ ...one, began: null })) };
  assert.deepEqual(
    onMonotonic(old, 'b', 3).pools.map(({ revision }) => revision),
    [4],
    'by the time of day',
  );
});

/** Values that are not a record of an install. */
const DAMAGES: [string, unknown][] = [
  ['null', null],
  ['a text', 'x'],
  ['a list', []],
  ['a record of a later program', { ...recorded(), version: 3 }],
  ...[...REQUIRED, 'site', 'pools', 'version', 'pools 0 pool', 'pools 0 revision', 'site tls key'].map(
    (path): [string, unknown] => [`a record without ${path}`, without(path)],
  ),
  ['a record with a pool that is a number', { ...recorded(), pools: [3] }],
  ['a record with pools by name', { ...recorded(), pools: { search: 3 } }],
  ['a record with a site that is a text', { ...recorded(), site: 'x' }],
  [
    'a record with a revision that is a text',
    { ...recorded(), pools: [{ ...recorded().pools[0], revision: '7' }] },
  ],
  [
    'a record with a source that is a number',
    { ...recorded(), pools: [{ ...recorded().pools[0], source: 3 }] },
  ],
  ['a record with a section that is a number', { ...recorded(), pools: [{ pool: { ...pool, nginx: 3 } }] }],
];

for (const [what, value] of DAMAGES)
  test(`${what} is rejected as damaged`, () => {
    assert.equal(completeInstalled(value), null);
  });

/** Written by 0.1.0. */
const RECORDED = JSON.parse(readFileSync(new URL('./installed-0.1.0.json', import.meta.url), 'utf8'));

type Recorded = Installed['pools'][0] & { previous: string | null };

/** A pool of 0.1.0 with the defaults of keys that are newer. */
const withDefaults = (known: Installed['pools'][0]): unknown => ({
  ...known,
  began: null,
  restricted: false,
  pool: {
    ...known.pool,
    scale: { ...known.pool.scale, metricMaxAge: 300_000 },
    nginx: { ...known.pool.nginx, scriptExtensions: ['php'], accelRedirect: false },
  },
});

test('the record of 0.1.0 is read without parsing its pool files', () => {
  const found = parseInstalled(RECORDED) ?? assert.fail();
  const { version, site, pools } = RECORDED;
  assert.equal(version, 1);
  const { nginxGroup, ...sameSite } = site;
  assert.deepEqual(found.site, { ...sameSite, socketActivation: false, nginxUser: nginxGroup });
  assert.deepEqual(
    found.pools.map(({ revision, ...rest }) => ({ ...rest, changedAt: revision })),
    // the text for a rollback of 0.1.0: there are snapshots now
    pools.map(({ previous, ...rest }: Recorded) => withDefaults(rest)),
  );
});

test('an install over the record of 0.1.0 finds no pool changed', () => {
  const { pools } = parseInstalled(RECORDED) ?? assert.fail();
  const meant = pools.map(({ pool, source }) => [pool, parsePool(`${pool.name}.pool`, source).pool]);
  // one pool's file had a mistake at its last install
  const good = meant.filter(([, now]) => now !== null);
  assert.equal(good.length, pools.length - 1);
  for (const [before, now] of good) assert.deepEqual(now, before);
});

test.run();
