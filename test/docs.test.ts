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
import { anchors, chapter, type Link, links, linksOf, marked, page, quoted, rows } from './house/page.ts';
import { readSources } from './house/source.ts';
import { choicesOf, fieldsOf, listOf, wordsOf } from './house/types.ts';

const test = suite('docs');

const readme = page('README.md');
const contributing = page('CONTRIBUTING.md');
const reliability = page('docs/reliability.md');
const architecture = page('docs/architecture.md');
const schema = page('docs/status.md');
const below = (...folders: string[]) =>
  readSources('src').filter(({ path }) => folders.some(folder => path.startsWith(`${folder}/`)));
const src = below(
  'src/base',
  'src/cli/describe',
  'src/host/systemd',
  'src/install',
  'src/model',
  'src/plan',
  'src/scale',
);

const first = (table: readonly string[][]): string[] => table.map(([cell = '']) => cell);

const markdown = (folder: string): string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name));
const PAGES = [...markdown('.'), ...markdown('docs'), 'services/examples/README.md'];

/** Where a link of a page leads, from the top of the checkout. */
const targetOf = (from: string, { file }: Link): string => (file === '' ? from : join(dirname(from), file));

test('every link leads to a file', () => {
  const all = PAGES.flatMap(from => linksOf(page(from)).map(link => targetOf(from, link)));
  assert.ok(all.length > 5);
  assert.deepEqual(
    all.filter(path => !existsSync(path)),
    [],
  );
});

test('every link to a heading leads to one', () => {
  const all = PAGES.flatMap(from =>
    linksOf(page(from)).map(link => ({ from, to: targetOf(from, link), anchor: link.anchor })),
  ).filter(({ anchor }) => anchor !== '');
  assert.ok(all.length > 5);
  assert.deepEqual(
    all.filter(({ to, anchor }) => !anchors(page(to)).includes(anchor)),
    [],
  );
});

test('the pages of a project are there, and some page leads to each page', () => {
  for (const name of ['CHANGELOG.md', 'CONTRIBUTING.md', 'README.md', 'SECURITY.md'])
    assert.ok(PAGES.includes(name), name);
  for (const name of ['decisions.md', 'glossary.md']) assert.ok(PAGES.includes(`docs/${name}`), name);
  const linked = new Set(
    PAGES.flatMap(from =>
      linksOf(page(from)).flatMap(link => (link.file === '' ? [] : [targetOf(from, link)])),
    ),
  );
  assert.deepEqual(
    PAGES.filter(name => name !== 'README.md' && !linked.has(name)),
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

test('the npm scripts and folders of README and CONTRIBUTING are there', () => {
  const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> };
  const text = readme + contributing;
  const named = [...text.matchAll(/npm (?:run )?([a-z:]+)\b/g)].map(([, name = '']) => name);
  assert.ok(named.length > 3);
  for (const name of named) assert.ok(scripts[name], name);
  for (const command of ['sudo npm run demo', 'sudo npm test']) assert.ok(readme.includes(command), command);
  const folders = first(rows(contributing, '### Beside src/')).flatMap(quoted);
  assert.ok(folders.length > 5);
  for (const folder of folders) assert.ok(existsSync(folder), folder);
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

test('the defaults that README and docs/reliability.md name are those of the key tables', () => {
  const keys = Object.values(sections).flatMap((section: KeyTable) => Object.entries(section));
  const fallbacks = new Map(keys.map(([name, { fallback }]) => [name, fallback]));
  const told = [chapter(readme, '## On failure'), chapter(reliability, '## On failure')];
  const named = told.flatMap(defaultsIn).filter(([key]) => key !== 'Idempotent');
  assert.ok(defaultsIn(told[0] ?? '').length >= 1);
  assert.ok(named.length >= 4);
  for (const [key, text] of named) assert.deepEqual([key, fallbacks.get(key)], [key, { text }]);
});

test('the source layout has every folder of src/ and what it may import', () => {
  const said = rows(contributing, '## Source layout').map(([folder, , imports]) => [folder, imports]);
  const wanted = Object.entries(HOUSE).map(([name, { rooms }]) => [
    `\`src/${name}/\``,
    rooms.join(', ') || 'nothing',
  ]);
  assert.deepEqual(said, wanted);
});

test('the source layout has every folder inside those, and no other', () => {
  const said = first(rows(contributing, '### Folders inside')).flatMap(quoted);
  const wanted = Object.entries(HOUSE).flatMap(([name, { folders = {} }]) =>
    Object.keys(folders).map(folder => `src/${name}/${folder}/`),
  );
  assert.deepEqual(said.toSorted(), wanted.toSorted());
});

test('the drawing of the source layout has each folder once, and below it all that it imports', () => {
  const [, drawing = ''] = /```\n(.*?)```/s.exec(chapter(contributing, '## Source layout')) ?? [];
  const lines = drawing.split('\n').map(line => line.trim().split(/\s+/).filter(Boolean));
  const depth = (name: string): number => lines.findIndex(line => line.includes(name));
  assert.deepEqual(lines.flat().toSorted(), Object.keys(HOUSE).toSorted());
  for (const [name, { rooms }] of Object.entries(HOUSE))
    for (const room of rooms) assert.ok(depth(room) > depth(name), `${name} above ${room}`);
});

test('every file that CONTRIBUTING names is there', () => {
  const named = contributing.match(/`[\w./-]+\/[\w./-]+`/g)?.map(text => text.slice(1, -1)) ?? [];
  assert.ok(named.length > 40);
  assert.deepEqual(
    named.filter(path => !existsSync(path)),
    [],
  );
});

test('the architecture has every path', () => {
  const said = first(rows(architecture, '## What is stored where')).flatMap(quoted);
  assert.deepEqual(
    Object.values(paths).filter(path => !said.includes(path)),
    [],
  );
});

test('the architecture has the rules of a pass in their order', () =>
  assert.deepEqual(
    first(rows(architecture, '## Rules of a pass')).flatMap(quoted),
    ['LEARN', 'DECIDE', 'REPLACE', 'FILL', 'ROUTE'].flatMap(phase => listOf(src, phase)),
  ));

test('the architecture has every state of an instance', () =>
  assert.deepEqual(
    first(rows(architecture, '## Life cycle of an instance')).flatMap(quoted).toSorted(),
    wordsOf(src, 'InstanceState').toSorted(),
  ));

test('the architecture has every kind of drain', () => {
  const kinds = choicesOf(src, 'drainKind');
  assert.ok(kinds.length > 1);
  const said = quoted(chapter(architecture, '## Life cycle of an instance'));
  for (const kind of kinds) assert.ok(said.includes(kind), kind);
});

test('the architecture has the actions in the order in which they are carried out', () => {
  const order = listOf(src, 'ORDER').map(word => word.replaceAll("'", ''));
  assert.ok(order.length > 5);
  const said = quoted(chapter(architecture, '## Data flow')).filter(word => order.includes(word));
  assert.deepEqual(said, order);
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
  'PoolDescription',
  'EnvironmentVariable',
  'Limits',
  'RollbackList',
  'SnapshotReport',
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
  const said = rows(simulation, '# Simulation').map(([option = '', fallback = '']) => [
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
    ['PoolState', 'InstanceState', 'Metric'],
  );
  for (const metric of wordsOf(src, 'Metric')) assert.ok(schema.includes(`\`${metric}\``), metric);
  for (const state of [...wordsOf(src, 'PoolState'), ...wordsOf(src, 'InstanceState')])
    assert.ok(schema.includes(`\`${state}\``), state);
});

test('a page that lacks something is found out', () => {
  assert.throws(() => rows(schema, '### Nothing'), /no heading/);
  assert.throws(() => fieldsOf(src, 'Nothing'), /no type Nothing/);
  assert.deepEqual(rows('# A\n| x | y |\n| --- | --- |\n| `a` | b |\n\n# B\n| c | d |', '# A'), [
    ['`a`', 'b'],
  ]);
  assert.deepEqual(links('[a](b.md#c) [d](https://e) [f](#g)'), ['b.md']);
  assert.deepEqual(linksOf('[a](b.md#c) [d](https://e) [f](#g)\n```\n[h](i.md)\n```\n'), [
    { file: 'b.md', anchor: 'c' },
    { file: '', anchor: 'g' },
  ]);
  assert.deepEqual(anchors('# A b\n```\n# c\n```\n## `D-e` of [F], g\n'), ['a-b', 'd-e-of-f-g']);
  assert.throws(() => choicesOf(src, 'NOTHING'), /no constant NOTHING/);
  assert.throws(() => choicesOf(src, 'ORDER'), /no choice of words/);
  assert.throws(() => marked('a', 'b'), /no marks "b"/);
  assert.equal(marked('a\n<!-- b: begin -->\nc\n<!-- b: end -->\nd', 'b'), 'c\n');
});

test.run();
