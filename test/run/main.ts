import { readdirSync } from 'node:fs';
import { killMachines } from './machines.ts';
import { type Outcome, report } from './outcome.ts';
import { runAll } from './parallel.ts';
import { runFiles } from './test-file.ts';
import { runTool } from './tool.ts';

/*
 * Runs the tests: `main.ts` all, `main.ts unit` the quick part, without machines, long runs and the type check,
 * `main.ts NAME...` the files whose path holds one of the names; `-v` prints what passing tests print, too. Ends with a line `N passed, N failed`.
 */

/** Below it are the tests that boot machines. */
const MACHINES = 'test/e2e/';
/** Below it are those that need no machine, but their time. */
const LONG = 'test/long/';
/**
 * The kinds of them; the first that matches counts. Those that say how soon something must happen have the machine to
 * themselves, and those that fill it. Of those with a load at a constant rate two at once would measure each other. The
 * others wait more than they work: two of them go on beside one of those.
 */
const KINDS = [
  /\/(reliability-deaths|bounds|balance|storm)/,
  /\/(reliability|autoscale|security-attacker)/,
  /\/(bodies|health|install|languages|programs|readme|scaling|streams|tls|unix|wire)/,
  /./,
];

/** Folders whose files are so quick that they share processes; the start of one costs more than their tests. */
const SHARED: [folder: RegExp, name: string][] = [
  [/^test\/cli\//, 'cli'],
  [/^test\/services\//, 'services'],
  [/^test\/(host|controller|install|publish|tools)\/|^test\/[^/]+$/, 'house and host'],
  [/^test\/sim\//, 'simulation'],
  [/^test\/(?!e2e|long)/, 'pure'],
];

const sharedOf = (file: string): string => SHARED.find(([folder]) => folder.test(file))?.[1] ?? file;

const isVerbose = process.argv.includes('-v');
const [mode = 'all', ...more] = process.argv.slice(2).filter(word => word !== '-v');
const names = mode === 'all' || mode === 'unit' ? [] : [mode, ...more];

function wanted(file: string): boolean {
  if (names.length > 0) return names.some(name => file.includes(name));
  return mode === 'all' || !(file.startsWith(MACHINES) || file.startsWith(LONG));
}

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map(name => `test/${name}`)
  .filter(name => name.endsWith('.test.ts') && wanted(name))
  .sort();
if (files.length === 0) throw new Error(`no test file has ${names.join(' or ')} in its path`);

const groups = new Map<string, string[]>();
for (const file of files) {
  const name = sharedOf(file);
  groups.set(name, [...(groups.get(name) ?? []), file]);
}

const TSC = '--noEmit --incremental --tsBuildInfoFile node_modules/.cache/types.tsbuildinfo';
const types = runTool('types', 'node_modules/.bin/tsc', ...TSC.split(' '));
const lint = runTool('lint and format', 'node_modules/.bin/biome', 'check', '--error-on-warnings', '.');
const tools = { all: [types, lint], unit: [lint] }[mode] ?? [];

// the quick part takes a sample of the simulation, and of what is made up
process.env.SIM_STEPS ??= mode === 'all' ? '25000' : '300';
process.env.CGIPOOL_FUZZ ??= mode === 'all' ? '2' : '0.2';

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.on('exit', killMachines);

/** Seconds; a busy machine takes three times as long. The quick part is larger where all runs: see SIM_STEPS. */
const limitOf = (name: string): number =>
  name.startsWith(MACHINES) ? 600 : name.startsWith(LONG) || mode === 'all' ? 180 : 60;

const run =
  ([name, list]: [string, string[]]) =>
  () =>
    runFiles(name, list, limitOf(name));
const isMachine = ([name]: [string, string[]]): boolean => name.startsWith(MACHINES);
const quick = [...groups].filter(group => !isMachine(group));
/** Their tests wait more than they work. */
const isService = ([name]: [string, string[]]): boolean => name === 'services';
const [waiting, working] = [quick.filter(isService), quick.filter(group => !isService(group))];
// the large ones first, or two cores wait for the last of them
working.sort(([, a], [, b]) => b.length - a.length);
const kindOf = ([name]: [string, string[]]): number => KINDS.findIndex(kind => kind.test(name));
/** Those of two minutes: were one of them the last, the others would wait for it. */
const isLong = ([name]: [string, string[]]): boolean => /\/(inject|sleep|autoscale)/.test(name);
const [alone = [], ...booted] = KINDS.map((_, kind) =>
  [...groups]
    .filter(group => isMachine(group) && kindOf(group) === kind)
    .sort((a, b) => Number(isLong(b)) - Number(isLong(a)))
    .map(run),
);
const began = Date.now();
const tell = (outcome: Outcome): void => report(outcome, isVerbose);
const outcomes = [
  // of two cores, with a third beside them that mostly waits
  ...(await runAll([waiting.map(run), [], [...tools, ...working.map(run)]], tell)),
  ...(await runAll([alone], tell)),
  ...(await runAll(booted, tell)),
];
const passed = outcomes.reduce((sum, o) => sum + o.passed, 0);
const failed = outcomes.reduce((sum, o) => sum + o.failed, 0);
for (const outcome of outcomes.filter(o => o.failed > 0)) console.log(`failed: ${outcome.name}`);
console.log(`${outcomes.length} files in ${Math.round((Date.now() - began) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
