import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import { temporary } from '../temporary.ts';

const test = suite("the machines' cache");

const CACHE = temporary('cache');

/** A cache of folders, the first of them unused for longest. */
function cacheOf(...names: string[]): void {
  for (const name of readdirSync(CACHE)) rmSync(join(CACHE, name), { recursive: true });
  for (const [i, name] of names.entries()) {
    mkdirSync(join(CACHE, name, 'usr'), { recursive: true });
    utimesSync(join(CACHE, name), 1000 + i, 1000 + i);
  }
}

/** Runs functions of tools/machine/layer.sh over it; the names that are left. */
async function left(commands: string): Promise<string[]> {
  await execa('bash', ['-euc', `. tools/machine/layer.sh; ${commands}`], { env: { CACHE } });
  return readdirSync(CACHE).sort();
}

const layer = (digit: string): string => digit.repeat(16);
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map(layer) as [string, string, string, string];

test('checkouts that take turns keep their layers', async () => {
  cacheOf(A, B, C);
  assert.deepEqual(await left(`for key in ${A} ${B} ${C} ${A} ${C}; do provide_layer $key; done`), [A, B, C]);
});

test('of too many those go that were used least of late, and never the one that is asked for', async () => {
  cacheOf(A, B, C, D);
  assert.deepEqual(await left(`provide_layer ${A}`), [A, C, D]);
  assert.deepEqual(await left(`mkdir $CACHE/${B}; provide_layer ${B}`), [A, B, D]);
});

test('what is no layer stays', async () => {
  cacheOf('fresh-8a87ac85bd97d73c.tar', 'layer.log', 'mine', A, B, C, D);
  assert.deepEqual(await left(`provide_layer ${D}`), [
    B,
    C,
    D,
    'fresh-8a87ac85bd97d73c.tar',
    'layer.log',
    'mine',
  ]);
});

test('what a killed build left goes, and nothing else', async () => {
  cacheOf(A, 'new.17', 'done.17', 'fresh.18', 'fresh.log');
  assert.deepEqual(await left('drop_leftovers'), [A, 'fresh.log']);
});

test.run();
