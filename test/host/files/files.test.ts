import assert from 'node:assert/strict';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { readJson, readText, writeFileAtomic, writeIfChanged } from '../../../src/host/files/files.ts';
import { temporary } from '../../temporary.ts';

const test = suite('files');

const folder = temporary('files');
let files = 0;
const fresh = (): string => {
  const inner = join(folder, String(files++));
  mkdirSync(inner);
  return join(inner, 'a.txt');
};
const beside = (path: string): string[] => readdirSync(join(path, '..'));

test('an atomic write creates the file and its folders, with its mode whatever the umask', async () => {
  const path = join(fresh(), '..', 'b/c/d.txt');
  const before = process.umask(0o077);
  await writeFileAtomic(path, 'ä\n');
  await writeFileAtomic(`${path}.600`, '', 0o600);
  process.umask(before);
  assert.equal(readFileSync(path, 'utf8'), 'ä\n');
  assert.deepEqual([statSync(path).mode & 0o777, statSync(`${path}.600`).mode & 0o777], [0o644, 0o600]);
  assert.deepEqual(beside(path), ['d.txt', 'd.txt.600'], 'no temporary file is left');
});

test('an atomic write replaces the file by a new one: a reader of the old one is not disturbed', async () => {
  const path = fresh();
  writeFileSync(path, 'old');
  linkSync(path, `${path}.link`);
  await writeFileAtomic(path, 'new');
  assert.deepEqual([readFileSync(path, 'utf8'), readFileSync(`${path}.link`, 'utf8')], ['new', 'old']);
});

test('a reader sees either the complete old text or the complete new one', async () => {
  const path = fresh();
  const texts = ['a', 'b'].map(character => character.repeat(200_000));
  await writeFileAtomic(path, texts[0] ?? '');
  let done = false;
  const writing = (async () => {
    for (let i = 0; i < 20; i++) await writeFileAtomic(path, texts[i % 2] ?? '');
    done = true;
  })();
  const seen = new Set<string>();
  while (!done) {
    seen.add(readFileSync(path, 'utf8'));
    await new Promise(setImmediate);
  }
  await writing;
  assert.ok(seen.size > 0);
  for (const text of seen) assert.ok(texts.includes(text), `${text.length} bytes`);
});

test('a link planted at the temporary name is not followed', async () => {
  const path = fresh();
  const victim = `${path}.victim`;
  writeFileSync(victim, 'mine');
  symlinkSync(victim, `${path}.${process.pid}.tmp`);
  await writeFileAtomic(path, 'new');
  assert.deepEqual([readFileSync(victim, 'utf8'), readFileSync(path, 'utf8')], ['mine', 'new']);
});

test('a failed write keeps the old file, leaves no temporary one, and its error names the file', async () => {
  const path = fresh();
  mkdirSync(path);
  const inner = join(path, 'inner');
  writeFileSync(inner, 'old');
  for (const target of [path, join(inner, 'x')])
    await assert.rejects(writeFileAtomic(target, 'new'), ({ message }: Error) =>
      message.startsWith(`cannot write ${target}: `),
    );
  assert.deepEqual([beside(path), beside(inner)], [['a.txt'], ['inner']]);
  assert.equal(readFileSync(inner, 'utf8'), 'old');
});

test('writeIfChanged leaves an identical file alone', async () => {
  const path = fresh();
  assert.equal(await writeIfChanged(path, 'a'), true);
  const { ino } = statSync(path);
  assert.equal(await writeIfChanged(path, 'a'), false);
  assert.equal(statSync(path).ino, ino);
  assert.equal(await writeIfChanged(path, 'b'), true);
  assert.notEqual(statSync(path).ino, ino);
});

test('a missing file reads as null, and so does one that is not JSON; other errors are thrown', async () => {
  const path = fresh();
  assert.deepEqual([await readText(path), await readJson(path)], [null, null]);
  for (const torn of ['', '{"a":', 'x']) {
    writeFileSync(path, torn);
    assert.equal(await readJson(path), null, torn);
  }
  writeFileSync(path, '{"a":1}');
  assert.deepEqual(await readJson(path), { a: 1 });
  await assert.rejects(readText(folder), { code: 'EISDIR' });
});

test.run();
