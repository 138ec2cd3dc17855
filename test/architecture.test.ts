import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import { cycles, graphOf, reached, unreached } from './house/graph.ts';
import { anys, silencers, unrun } from './house/habits.ts';
import { HOUSE, importsBelow, wrongImports } from './house/layers.ts';
import { marked, page, quoted, tableRows } from './house/page.ts';
import { impurities, printing } from './house/purity.ts';
import { parse, readSources, type Source } from './house/source.ts';

const test = suite('architecture');

const src = readSources('src');
const tests = readSources('test');
const tools = readSources('tools');
const demo = readSources('demo');
const bench = readSources('bench');
const all = [...src, ...tools, ...demo, ...bench, ...tests];

test('src/ has the rooms of the house, and no other', () => {
  assert.deepEqual(readdirSync('src').sort(), Object.keys(HOUSE).sort());
  assert.ok(src.length > 80 && tests.length > 20, 'the files are found');
});

test('imports go one way', () => assert.deepEqual(wrongImports(src), []));
test('there is no circle of imports, in src/ not even of types', () => {
  assert.deepEqual(cycles(graphOf(src)), []);
  assert.deepEqual(cycles(graphOf(all, { types: false })), []);
});
test('tools/ imports none of those who share it, and the demo none of the tests', () => {
  assert.deepEqual(importsBelow(tools, 'demo', 'bench', 'test'), []);
  assert.deepEqual(importsBelow([...src, ...demo], 'test'), []);
  assert.deepEqual(importsBelow(src, 'tools', 'demo', 'bench'), []);
});
test('the program and the publish step need every file', () =>
  assert.deepEqual(unreached(graphOf(src), 'src/cli/main.ts', 'src/cli/publish-main.ts'), []));
test('the pure rooms depend on their arguments alone', () => assert.deepEqual(impurities(src), []));
test('only cli prints and exits', () => assert.deepEqual(printing(src), []));
test('there is no any', () => assert.deepEqual(anys(all), []));
test('nothing silences the compiler or the linter', () => assert.deepEqual(silencers(all), []));
/** What the simulation's oracle has of those whom it judges: the shape of what goes in and comes out. */
const SHAPES = ['src/plan/action.ts', 'src/plan/world.ts'];

/** What files below test/sim/oracle/ would have of the planner or the scaler, by themselves or through others. */
function sharedWithOracle(sources: readonly Source[]): string[] {
  const isJudged = (path: string): boolean => /^src\/(plan|scale|controller)\//.test(path);
  const oracle = sources.map(({ path }) => path).filter(path => path.startsWith('test/sim/oracle/'));
  const run = reached(graphOf(sources, { types: false }), ...oracle).filter(isJudged);
  const direct = oracle.flatMap(path => graphOf(sources).get(path) ?? []).filter(isJudged);
  return [...new Set([...run, ...direct.filter(path => !SHAPES.includes(path))])];
}
test('the oracle of the simulation shares nothing with what it judges', () =>
  assert.deepEqual(sharedWithOracle(all), []));
test('every test file runs its suites', () => assert.deepEqual(unrun(tests), []));

/** What the publish step loads as root: an auditor has that much to read. */
const rootFiles = (sources: readonly Source[]): string[] =>
  reached(graphOf(sources, { types: false }), 'src/cli/publish-main.ts').toSorted();

/** The files that a page lists between its marks: a folder in the first cell, those in it in the second. */
const listed = (text: string): string[] =>
  tableRows(marked(text, 'publish step'))
    .flatMap(([folder = '', files = '']) => quoted(files).map(file => `${quoted(folder)[0]}${file}`))
    .toSorted();

test('docs/security.md lists what the publish step loads as root, and that is little', () => {
  const loaded = rootFiles(src);
  assert.deepEqual(listed(page('docs/security.md')), loaded);
  assert.ok(loaded.length > 10 && loaded.length <= 49, `${loaded.length} files`);
});

/* The checks see what they are for: each row is a file that breaks a rule, and what is said of it. */

type Check = (sources: readonly Source[]) => string[];
type Row = [path: string, text: string, ...said: string[]];

function says(check: Check, rows: readonly Row[]): void {
  for (const [path, text, ...said] of rows)
    assert.deepEqual(
      check([parse(path, text)]),
      said.map(words => `${path}:${words}`),
      text,
    );
}

test('a wrong import is seen, however it is written', () => {
  const to = (room: string, file: string, line = 1): string => `${line}: ${room} may not import ${file}`;
  says(wrongImports, [
    ['src/model/a.ts', "import { readFile } from 'node:fs/promises';", to('model', 'node:fs/promises')],
    ['src/model/a.ts', "\nimport type { Plan } from '../plan/plan.ts';", to('model', 'src/plan/plan.ts', 2)],
    ['src/model/a.ts', "import './b.ts';\nimport { c } from '../base/c.ts';"],
    ['src/wire/a.ts', "import type { Pool } from '../model/pool.ts';", to('wire', 'src/model/pool.ts')],
    ['src/render/a.ts', "import 'ini';", to('render', 'ini')],
    ['src/render/a.ts', "export * from '../plan/b.ts';", to('render', 'src/plan/b.ts')],
    ['src/render/a.ts', "export { b } from '../model/b.ts';"],
    ['src/plan/a.ts', "const b = await import('commander');", to('plan', 'commander')],
    ['src/plan/a.ts', "type B = import('../host/b.ts').B;", to('plan', 'src/host/b.ts')],
    ['src/plan/a.ts', "const b = require('execa');", to('plan', 'execa')],
    ['src/host/a.ts', "import { type B, c } from '../scale/b.ts';", to('host', 'src/scale/b.ts')],
    ['src/host/a.ts', "import { type B, type C } from '../scale/b.ts';"],
    ['src/host/a.ts', "import type { B } from '../scale/b.ts';\nimport { ok } from '../base/result.ts';"],
    ['src/host/a.ts', "import { b } from '../plan/b.ts';", to('host', 'src/plan/b.ts')],
    ['src/host/a.ts', "import 'commander';", to('host', 'commander')],
    ['src/install/a.ts', "import { b } from '../controller/b.ts';", to('install', 'src/controller/b.ts')],
    ['src/install/a.ts', "import { b } from '../cli/b.ts';", to('install', 'src/cli/b.ts')],
    ['src/controller/a.ts', "import { b } from '../cli/b.ts';", to('controller', 'src/cli/b.ts')],
    ['src/controller/a.ts', "import 'node:fs';", to('controller', 'node:fs')],
    ['src/cli/a.ts', 'await import(name);', to('cli', 'what is computed at run time')],
    ['src/cli/a.ts', "await import('./b.ts'); await import('../controller/b.ts'); import 'node:fs';"],
    ['src/other/a.ts', "import '../model/b.ts';", to('other', 'src/model/b.ts')],
    ['src/install/a.ts', "import { b } from '../publish/b.ts';", to('install', 'src/publish/b.ts')],
    ['src/controller/a.ts', "import { b } from '../publish/b.ts';", to('controller', 'src/publish/b.ts')],
    ['src/plan/a.ts', "import './size/b.ts'; import './status/c.ts';"],
    ['src/plan/view/a.ts', "import '../size/b.ts';", to('plan/view', 'src/plan/size/b.ts')],
    ['src/plan/size/a.ts', "import '../view/b.ts'; import './c.ts'; import '../action.ts';"],
    ['src/plan/new/a.ts', "import '../view/b.ts';", to('plan/new', 'src/plan/view/b.ts')],
  ]);
});

test('an import of a file below a folder is seen', () =>
  says(
    sources => importsBelow(sources, 'test', 'bench'),
    [
      ['tools/a.ts', "import { b } from '../test/e2e/b.ts';", '1: imports test/e2e/b.ts'],
      ['tools/a.ts', "import type { b } from '../bench/b.ts';", '1: imports bench/b.ts'],
      ['tools/a.ts', "import { b } from './test/b.ts'; import { c } from '../src/test/b.ts';"],
    ],
  ));

const chain = (...files: [string, string][]): Source[] =>
  files.map(([name, next]) => parse(`src/model/${name}.ts`, `import type { T } from './${next}.ts';`));

test('a circle is seen, and a file that nothing needs', () => {
  const circle = graphOf(chain(['a', 'b'], ['b', 'c'], ['c', 'b'], ['d', 'a']));
  assert.deepEqual(cycles(circle), ['src/model/b.ts -> src/model/c.ts -> src/model/b.ts']);
  assert.deepEqual(unreached(circle, 'src/model/a.ts'), ['src/model/d.ts']);
  assert.deepEqual(cycles(graphOf(chain(['a', 'b'], ['b', 'a']), { types: false })), []);
  assert.deepEqual(cycles(graphOf(chain(['a', 'b'], ['b', 'd'], ['c', 'd'], ['a2', 'b']))), []);
});

test('a file more that the publish step loads is seen, and a type is none', () => {
  const root = (text: string): Source[] => [
    parse('src/cli/publish-main.ts', text),
    parse('src/model/a.ts', "import type { B } from './b.ts';"),
    parse('src/model/b.ts', ''),
  ];
  const page =
    '<!-- publish step: begin -->\n| `src/cli/` | `publish-main.ts` | a |\n<!-- publish step: end -->';
  assert.deepEqual(rootFiles(root('')), listed(page));
  for (const text of ["import '../model/a.ts';", "await import('../model/a.ts');"])
    assert.deepEqual(rootFiles(root(text)), [...listed(page), 'src/model/a.ts']);
});

test('an impurity is seen, and what only looks like one is not', () => {
  const said = (what: string): string => `1: ${what} in a pure room`;
  const breaks = (text: string, what = text): Row => ['src/plan/a.ts', text, said(what)];
  says(impurities, [
    ...['Date.now()', 'Math.random()'].map(text => breaks(text, text.slice(0, -2))),
    ...['new Date()', 'new Date', 'Date()', 'import.meta'].map(text => breaks(text)),
    ...['process', 'console', 'performance', 'globalThis'].map(text => breaks(`${text}.x()`, text)),
    ...['fetch', 'setTimeout', 'setInterval'].map(text => breaks(`${text}(x)`, text)),
    breaks('new Date(now).toLocaleString()', 'new Date(now).toLocaleString'),
    breaks('const { env } = process;', 'process'),
    breaks('f({ process });', 'process'),
    ['src/plan/a.ts', 'new Date(now).toISOString(); // Date.now() and new Date()'],
    ['src/plan/a.ts', "unit.process; f({ process: 1, text: 'console' }); interface U { process: 1 }"],
    ['src/host/a.ts', 'Date.now(); process.pid; fetch(x);'],
  ]);
});

test('what the oracle would share with the planner is seen, also through others', () => {
  const files = (text: string): Source[] => [
    parse('test/sim/oracle/a.ts', text),
    parse('test/sim/b.ts', "import { c } from '../../src/plan/view/c.ts';"),
    parse('src/plan/view/c.ts', "import type { World } from '../world.ts';"),
    parse('src/plan/world.ts', ''),
  ];
  const shared = (text: string): string[] => sharedWithOracle(files(text));
  assert.deepEqual(shared("import type { World } from '../../../src/plan/world.ts';"), []);
  assert.deepEqual(shared("import { nothingSeen } from '../../../src/plan/world.ts';"), [
    'src/plan/world.ts',
  ]);
  const view = ['src/plan/view/c.ts'];
  assert.deepEqual(shared("import type { C } from '../../../src/plan/view/c.ts';"), view);
  assert.deepEqual(shared("import { b } from '../b.ts';"), view);
  assert.deepEqual(shared("import type { B } from '../b.ts';"), []);
});

test('printing and exiting are seen outside of cli', () => {
  const said = (what: string): string => `1: ${what} outside of src/cli/`;
  says(printing, [
    ['src/host/a.ts', "console.error('x');", said('console')],
    ['src/install/a.ts', 'process.exit(1);', said('process.exit')],
    ['src/controller/a.ts', 'process.exitCode = 1;', said('process.exitCode')],
    ['src/controller/a.ts', "process.stdout.write('x');", said('process.stdout')],
    ['src/controller/log.ts', "process.stdout.write('x');"],
    ['src/cli/a.ts', "console.log('x'); process.exit(1);"],
    ['src/host/a.ts', 'process.env.PATH; process.pid;'],
  ]);
});

test('any, a silencer and a suite that never runs are seen', () => {
  // not beside comment signs: this file is checked too
  const [biome, ts] = ['biome-ignore', '@ts-ignore'];
  says(anys, [
    ['src/a.ts', 'let a: any;', '1: any'],
    ['src/a.ts', 'f(x as any[]);', '1: any'],
    ['src/a.ts', "const any = 1; // any, but not the type 'any'"],
  ]);
  says(silencers, [
    ['src/a.ts', `\n// ${biome} lint/x: y`, `2: ${biome}`],
    ['src/a.ts', `f(/* ${ts} */);`, `1: ${ts}`],
    ['src/a.ts', "f('biome-ignore');"],
  ]);
  says(unrun, [
    ['test/a.test.ts', "const test = suite('a'); test.run();"],
    ['test/a.test.ts', "const test = suite('a'); // test.run();", ' test.run() is never called'],
    ['test/a.test.ts', "const a = suite('a'); const b = suite('b'); a.run();", ' b.run() is never called'],
    ['test/a.test.ts', "const test = suite('a'); if (x) test.run();", ' test.run() is never called'],
    ['test/a.test.ts', 'test.run();', ' no suite'],
    ['test/a.ts', 'f();'],
  ]);
});

test.run();
