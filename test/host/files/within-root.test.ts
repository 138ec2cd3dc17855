import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import { type LastLink, withinRoot } from '../../../src/host/files/within-root.ts';
import { temporary } from '../../temporary.ts';

const test = suite('paths within a root');

const root = temporary('root');

const link = (path: string, target: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
};

mkdirSync(join(root, 'etc/real/below'), { recursive: true });
writeFileSync(join(root, 'etc/real/file'), '');
link('etc/relative', 'real');
link('etc/up', '../../../../../../outside');
link('etc/absolute', '/etc/real');
link('etc/file', '/etc/real/file');
link('etc/chain', 'absolute/../relative');
link('etc/dangling', '/srv/nothing/../here');
link('etc/host', tmpdir());
link('etc/dots', './/./real/./below/..');
link('loop/self', 'self');
link('loop/a', '/loop/b');
link('loop/b', 'a');
link('root', '/');

const PATHS: [path: string, found: string, last?: LastLink][] = [
  ['/', ''],
  ['/etc/real/file', 'etc/real/file'],
  ['//etc/./real//file', 'etc/real/file'],
  ['/etc/relative/file', 'etc/real/file'],
  ['/etc/absolute/file', 'etc/real/file'],
  ['/etc/file', 'etc/real/file'],
  ['/etc/file', 'etc/file', 'keep'],
  ['/etc/relative/file', 'etc/real/file', 'keep'],
  ['/etc/relative/', 'etc/relative', 'keep'],
  ['/etc/chain/below', 'etc/real/below'],
  ['/etc/dots/file', 'etc/real/file'],
  ['/etc/up/x', 'outside/x'],
  ['/etc/host/x', `${tmpdir()}/x`],
  ['/etc/dangling/x', 'srv/here/x'],
  ['/../../etc/real/../file', 'etc/real/file'],
  ['/etc/absolute/../relative', 'etc/real'],
  ['/root/root/etc/file', 'etc/real/file'],
  ['/not/there/../at/all', 'not/at/all'],
  ['/etc/real/file/below', 'etc/real/file/below'],
];

for (const [path, found, last] of PATHS)
  test(`${path} is ${found}${last === 'keep' ? ', its last link kept' : ''}`, async () =>
    assert.equal(await withinRoot(root, path, last), join(root, found)));

test('a loop of links is an error that names the path', async () => {
  for (const path of ['/loop/self', '/loop/a/below'])
    await assert.rejects(withinRoot(root, path), {
      message: `${join(root, path)}: too many levels of symbolic links`,
    });
  assert.equal(await withinRoot(root, '/loop/self', 'keep'), join(root, 'loop/self'));
});

test.run();
