import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import { cgipool } from '../src/cli/program.ts';
import { paths } from '../src/model/paths.ts';
import { parseFleet } from '../src/pool-file/fleet.ts';
import type { KeyTable } from '../src/pool-file/keys/key.ts';
import { sections } from '../src/pool-file/keys/keys.ts';
import { formats } from '../src/simulate/log/format.ts';
import { HOUSE } from './house/layers.ts';
import { chapter, links, page, quoted, rows } from './house/page.ts';
import { readSources } from './house/source.ts';
import { fieldsOf, listOf, wordsOf } from './house/types.ts';

const test = suite('docs');

const readme = page('README.md');
const architecture = page('docs/architecture.md');
const schema = page('docs/status.md');
const below = (...folders: string[]) =>
  readSources('src').filter(({ path }) => folders.some(folder => path.startsWith(`${folder}/`)));
const src = below('src/base', 'src/model', 'src/plan', 'src/scale');

const first = (table: readonly string[][]): string[] => table.map(([cell = '']) => cell);

test('every link leads to a file', () => {
  const names = readdirSync('docs').filter(name => name.endsWith('.md'));
  const pages = ['README.md', ...names.map(name => `docs/${name}`)];
  const all = pages.flatMap(from => links(page(from)).map(to => join(dirname(from), to)));
  assert.ok(all.length > 5);
  assert.deepEqual(
    all.filter(path => !existsSync(path)),
    [],
  );
});

test('the README has every command and every option, and no other', () => {
  const table = rows(readme, '## Commands');
  const verbs = first(table).map(cell => /cgipool ([a-z]+)/.exec(cell)?.[1]);
  assert.deepEqual(
    verbs.toSorted(),
    cgipool()
      .commands.map(c => c.name())
      .toSorted(),
  );
  const options = cgipool().commands.flatMap(c => c.options.map(o => o.long ?? ''));
  const told = quoted(chapter(readme, '## Commands')).flatMap(text => text.match(/--[a-z-]+/g) ?? []);
  assert.deepEqual([...new Set(told)].sort(), [...new Set([...options, '--help'])].sort());
});

test("the README's npm scripts and folders are there", () => {
  const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm (?:run )?([a-z:]+)\b/g)].map(([, name = '']) => name);
  assert.ok(named.length > 3);
  for (const name of named) assert.ok(scripts[name], name);
  for (const folder of first(rows(readme, '## Developing')).flatMap(quoted))
    assert.ok(existsSync(folder), folder);
});

test("the README's first pool is a good one", () => {
  const [, text = ''] = /<<'POOL'\n(.*?)^POOL/ms.exec(chapter(readme, '## A first pool')) ?? [];
  const { pools, problems } = parseFleet([{ file: 'hello.pool', text }]);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    pools.map(p => [p.nginx.location, p.min, p.max]),
    [['/hello', 1, 10]],
  );
});

/** `Key=value` in backticks, of our own keys. */
const defaultsIn = (text: string): [key: string, value: string][] =>
  quoted(text).flatMap((words): [string, string][] => {
    const [, key = '', value = ''] = /^([A-Z]\w+)=(\w+)$/.exec(words) ?? [];
    return key === '' ? [] : [[key, value]];
  });

test('the defaults that the README names are those of the key tables', () => {
  const keys = Object.values(sections).flatMap((section: KeyTable) => Object.entries(section));
  const fallbacks = new Map(keys.map(([name, { fallback }]) => [name, fallback]));
  const named = defaultsIn(chapter(readme, '## On failure')).filter(([key]) => key !== 'Idempotent');
  assert.ok(named.length >= 2);
  for (const [key, text] of named) assert.deepEqual([key, fallbacks.get(key)], [key, { text }]);
});

test('the architecture has every folder of src/ and what it may import', () => {
  const said = rows(architecture, '## The house').map(([folder, , imports]) => [folder, imports]);
  const wanted = Object.entries(HOUSE).map(([name, { rooms }]) => [
    `\`src/${name}/\``,
    rooms.join(', ') || 'nothing',
  ]);
  assert.deepEqual(said, wanted);
});

test('the architecture has every path', () => {
  const said = first(rows(architecture, '## What is stored where')).flatMap(quoted);
  assert.deepEqual(
    Object.values(paths).filter(path => !said.includes(path)),
    [],
  );
});

test('the architecture has the rules of a look in their order', () =>
  assert.deepEqual(
    first(rows(architecture, '## The way of the data')).flatMap(quoted),
    listOf(src, 'RULES'),
  ));

test('the architecture has every state of an instance', () =>
  assert.deepEqual(
    first(rows(architecture, '## The life of an instance')).flatMap(quoted).toSorted(),
    wordsOf(src, 'InstanceState').toSorted(),
  ));

test('the architecture has every kind of drain', () => {
  const [, kinds = ''] = fieldsOf(src, 'Drain').find(([field]) => field === 'kind') ?? [];
  assert.ok(quoted(kinds).length > 1);
  const said = quoted(chapter(architecture, '## The life of an instance'));
  for (const kind of quoted(kinds)) assert.ok(said.includes(kind), kind);
});

const TYPES = [
  'Status',
  'PoolStatus',
  'InstanceStatus',
  'Traffic',
  'Why',
  'Decision',
  'Reading',
  'PoolEvent',
  'Problem',
];

for (const name of TYPES)
  test(`the schema has each field of ${name} with its type`, () => {
    const said = rows(schema, `### ${name}`).map(([field = '', type = '']) => [quoted(field)[0], type]);
    assert.deepEqual(said, fieldsOf(src, name));
  });

const simulation = page('docs/simulate.md');
const simulated = below('src/simulate');
const SIMULATED = [
  'SimulationReport',
  'LogReport',
  'FileReport',
  'ModelReport',
  'PolicyReport',
  'WaitReport',
  'Point',
];

for (const name of SIMULATED)
  test(`the page of simulate has each field of ${name} with its type`, () => {
    const said = rows(simulation, `### ${name}`).map(([field = '', type = '']) => [quoted(field)[0], type]);
    assert.deepEqual(said, fieldsOf(simulated, name));
  });

test('the page of simulate has every option with its default, and each format', () => {
  const { options = [] } = cgipool().commands.find(c => c.name() === 'simulate') ?? {};
  const said = rows(simulation, '# Trying a policy before using it').map(([option = '', fallback = '']) => [
    quoted(option)[0]?.split(' ')[0],
    quoted(fallback)[0],
  ]);
  const wanted = options.map(({ long, defaultValue }) => [long, defaultValue]);
  assert.deepEqual(said.sort(), wanted.sort());
  for (const { name } of formats()) assert.ok(simulation.includes(`\`${name}\``), name);
});

test('the schema explains every type that it names', () => {
  const types = TYPES.flatMap(name => fieldsOf(src, name).map(([, type]) => type)).join(' ');
  const named = new Set(types.match(/[A-Z]\w+/g));
  assert.deepEqual(
    [...named].filter(name => !TYPES.includes(name)),
    ['InstanceState', 'Metric'],
  );
  for (const metric of wordsOf(src, 'Metric')) assert.ok(schema.includes(`\`${metric}\``), metric);
  for (const state of wordsOf(src, 'InstanceState')) assert.ok(schema.includes(`\`${state}\``), state);
});

test('a page that lacks something is found out', () => {
  assert.throws(() => rows(schema, '### Nothing'), /no heading/);
  assert.throws(() => fieldsOf(src, 'Nothing'), /no type Nothing/);
  assert.deepEqual(rows('# A\n| x | y |\n| --- | --- |\n| `a` | b |\n\n# B\n| c | d |', '# A'), [
    ['`a`', 'b'],
  ]);
  assert.deepEqual(links('[a](b.md#c) [d](https://e) [f](#g)'), ['b.md']);
});

test.run();
