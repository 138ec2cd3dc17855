import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { type Locked, licenceOf, locked, packageOf, runTime } from './house/lock.ts';
import { page, rows } from './house/page.ts';

const test = suite('supply chain');

const supply = page('docs/supply-chain.md');
const manifest = JSON.parse(page('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides: Record<string, string>;
};

const spelled = (all: readonly [string, Locked][]): string[] =>
  all.map(one => [packageOf(one[0]), one[1].version, licenceOf(one)].join(' ')).sort();

const told = (heading: string): string[] =>
  rows(supply, heading)
    .map(cells => cells.slice(0, 3).join(' '))
    .sort();

const isDirect = ([folder]: [string, Locked]): boolean =>
  Object.hasOwn(manifest.dependencies, packageOf(folder));

test('the page has every package that runs, with version and licence, and no other', () => {
  assert.ok(runTime.length > 20);
  assert.deepEqual(told('## Direct'), spelled(runTime.filter(isDirect)));
  assert.deepEqual(told('## Indirect'), spelled(runTime.filter(one => !isDirect(one))));
  for (const cells of rows(supply, '## Direct')) assert.ok((cells[3] ?? '').length > 10, cells[0]);
});

const FREE = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', '0BSD', 'CC0-1.0'];

/** One of the licences to choose from is free. */
const isFree = (licence: string | null): boolean =>
  licence?.split(' OR ').some(one => FREE.includes(one)) ?? false;

test('every licence is a free one that asks for little', () => {
  assert.deepEqual(
    locked.filter(one => !one[1].link && !isFree(licenceOf(one))).map(([folder]) => folder),
    [],
  );
  for (const licence of ['GPL-3.0', 'MIT AND GPL-3.0', 'UNLICENSED', '', null]) assert.ok(!isFree(licence));
});

test('the two licences that only a file tells are what the file says', () => {
  const licence = (path: string): string => readFileSync(`node_modules/${path}`, 'utf8');
  assert.match(licence('jsbi/LICENSE'), /^\s+Apache License\s+Version 2\.0/);
  assert.match(licence('map-stream/LICENCE'), /Permission is hereby granted, free of charge/);
});

test('nothing that runs has an install script, and none is run', () => {
  const scripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
  assert.deepEqual(
    scripts.map(([folder]) => packageOf(folder)).filter(name => !['esbuild', 'fsevents'].includes(name)),
    [],
  );
  assert.deepEqual(
    runTime.filter(([, { optional }]) => optional).map(([folder]) => folder),
    [],
    'native code comes as an option',
  );
  assert.match(page('.npmrc'), /^ignore-scripts=true$/m);
  assert.match(page('tools/deps.sh'), /npm ci --ignore-scripts/);
});

test('usocket is an empty folder of ours, and xml2js is the mended one', () => {
  const usocket = locked.find(([folder]) => packageOf(folder) === 'usocket')?.[1];
  assert.deepEqual(usocket, { resolved: 'vendor/usocket', link: true });
  // npm takes it for dbus-next's own only while it is a version that dbus-next asks for
  const asked = locked.find(([folder]) => packageOf(folder) === 'dbus-next')?.[1].optionalDependencies;
  const standIn = JSON.parse(page('vendor/usocket/package.json')) as { version: string };
  assert.equal(asked?.usocket, `^${standIn.version}`);
  const xml2js = runTime
    .filter(([folder]) => packageOf(folder) === 'xml2js')
    .map(([, { version }]) => version);
  assert.deepEqual(xml2js, [manifest.overrides.xml2js]);
  assert.ok(Number(xml2js[0]?.split('.')[1]) >= 5);
});

test('every version is exact', () => {
  const { dependencies, devDependencies, overrides } = manifest;
  const all = [dependencies, devDependencies, overrides].flatMap(Object.entries);
  const loose = all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  assert.deepEqual(loose, [['usocket', 'file:vendor/usocket']]);
});

test('overrides hold versions alone: npm 9.2 of Debian 13 reads no lockfile where one names a folder', () =>
  assert.deepEqual(
    Object.entries(manifest.overrides).filter(([, version]) => !/^[\d.]+$/.test(version)),
    [],
  ));

test('the lockfile has a hash of every package, and the host of none', () => {
  const foreign = locked.filter(([, { link }]) => !link);
  assert.deepEqual(
    foreign.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([folder]) => folder),
    [],
  );
  assert.deepEqual(
    foreign.filter(([, { resolved }]) => resolved !== undefined),
    [],
  );
  // the links of authors to where one gives them money are none
  assert.doesNotMatch(page('package-lock.json'), /\.tgz|registry/);
});

test.run();
