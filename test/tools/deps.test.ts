import assert from 'node:assert/strict';
import { cpSync, existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import { temporary } from '../temporary.ts';

const test = suite('tools/deps.sh');

const folder = temporary('deps');

const PACKAGE = { name: 'top', version: '1.0.0', dependencies: { part: 'file:part' } };
const PART = { name: 'part', version: '1.0.0' };
const LOCK = {
  ...{ name: 'top', version: '1.0.0', lockfileVersion: 3, requires: true },
  packages: {
    '': PACKAGE,
    'node_modules/part': { resolved: 'part', link: true },
    part: { version: '1.0.0' },
  },
};

/** A checkout of one package, which needs no registry, and a link to the packages of another checkout. */
function checkout(): string {
  const top = join(folder, 'checkout');
  for (const below of ['part', 'tools']) mkdirSync(join(top, below), { recursive: true });
  cpSync('tools/deps.sh', join(top, 'tools/deps.sh'));
  for (const [name, value] of Object.entries({
    'package.json': PACKAGE,
    'package-lock.json': LOCK,
    'part/package.json': PART,
  }))
    writeFileSync(join(top, name), JSON.stringify(value));
  mkdirSync(join(folder, 'others'));
  writeFileSync(join(folder, 'others/kept'), '');
  symlinkSync(join(folder, 'others'), join(top, 'node_modules'));
  return top;
}

test('it brings the packages once, and leaves those of another checkout alone', async () => {
  const top = checkout();
  const deps = () => execa('sh', [join(top, 'tools/deps.sh')]);
  assert.match((await deps()).stderr, /^installing npm packages/);
  assert.ok(existsSync(join(top, 'node_modules/part/package.json')));
  assert.ok(!lstatSync(join(top, 'node_modules')).isSymbolicLink());
  assert.ok(existsSync(join(folder, 'others/kept')));
  assert.equal((await deps()).stderr, '');
});

test.run();
