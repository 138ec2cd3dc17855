import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { type Limits, readForeign, readNumber } from '../../../src/host/files/foreign.ts';
import { temporary } from '../../temporary.ts';

const test = suite('files that others may write');

const folder = temporary('foreign');
let files = 0;
const fresh = (text?: string): string => {
  const path = join(folder, String(files++));
  if (text !== undefined) writeFileSync(path, text, { mode: 0o640 });
  return path;
};

const STRICT: Limits = { maxBytes: 100, longer: 'is refused', links: 'are refused' };
const LENIENT: Limits = { maxBytes: 100, longer: 'is cut', links: 'are followed' };

const fifo = (): string => {
  const path = fresh();
  execFileSync('mkfifo', [path]);
  return path;
};

const linkTo = (target: string): string => {
  const path = fresh();
  symlinkSync(target, path);
  return path;
};

test('a regular file is read with its mode and the time of its last change; a missing one is null', async () => {
  const path = fresh('a\n');
  utimesSync(path, 1_000, 2_000);
  for (const limits of [STRICT, LENIENT]) {
    assert.deepEqual(await readForeign(path, limits), { text: 'a\n', mode: 0o640, modifiedAt: 2_000_000 });
    assert.equal(await readForeign(fresh(), limits), null);
  }
});

test('what is no regular file is refused at once, by a link too', async () => {
  const socketless: [path: string, code: string][] = [
    [fifo(), 'ENXIO'],
    ['/dev/zero', 'ENXIO'],
    ['/dev/null', 'ENXIO'],
    [folder, 'EISDIR'],
  ];
  for (const [path, code] of socketless)
    for (const limits of [STRICT, LENIENT]) {
      await assert.rejects(readForeign(path, limits), { code }, path);
      if (limits === LENIENT) await assert.rejects(readForeign(linkTo(path), limits), { code }, path);
    }
});

test('links and second names are refused, or followed', async () => {
  const secret = fresh('secret');
  const link = linkTo(secret);
  await assert.rejects(readForeign(link, STRICT), { code: 'ELOOP' });
  assert.equal((await readForeign(link, LENIENT))?.text, 'secret');
  const name = fresh();
  linkSync(secret, name);
  await assert.rejects(readForeign(name, STRICT), { code: 'EMLINK' });
  assert.equal((await readForeign(name, LENIENT))?.text, 'secret');
  await assert.rejects(readForeign(linkTo(join(folder, 'itself')), STRICT), { code: 'ELOOP' });
});

test('a longer file is refused or cut, and read from where it is asked for', async () => {
  const path = fresh('x'.repeat(101));
  await assert.rejects(readForeign(path, STRICT), { code: 'EFBIG' });
  assert.equal((await readForeign(path, LENIENT))?.text.length, 100);
  assert.equal((await readForeign(fresh('x'.repeat(100)), STRICT))?.text.length, 100);
  assert.equal((await readForeign(fresh('abcdef'), { ...LENIENT, from: 4 }))?.text, 'ef');
  assert.equal((await readForeign(fresh('abcdef'), { ...LENIENT, from: 9 }))?.text, '');
});

test("the kernel's files are read, though they tell no length or too large a one", async () => {
  const pid = await readForeign('/proc/self/stat', LENIENT);
  assert.match(pid?.text ?? '', new RegExp(`^${process.pid} \\(`));
  assert.ok(((await readNumber('/proc/sys/kernel/pid_max', 'are followed'))?.value ?? 0) > 1000);
  assert.ok(
    (await readNumber('/sys/kernel/mm/transparent_hugepage/hpage_pmd_size', 'are followed')) !== undefined,
  );
});

const NUMBERS: [text: string, value: number | null][] = [
  ['35', 35],
  [' 35.5\n', 35.5],
  ['0\n', 0],
  ['', null],
  ['-1', null],
  ['1e3', null],
  ['35 jobs', null],
  ['35\n36', null],
  ['9'.repeat(16), null],
  ['9'.repeat(5_000_000), null],
  [`35${'\n'.repeat(200)}`, 35],
];

test('a number is the whole of the first 64 bytes, or there is none', async () => {
  for (const [text, value] of NUMBERS)
    assert.equal((await readNumber(fresh(text), 'are refused'))?.value ?? null, value, text.slice(0, 20));
});

test('what is no number costs neither time nor memory', async () => {
  const before = process.memoryUsage.rss();
  const odd = [fifo(), '/dev/zero', '/dev/full', folder, fresh(), linkTo(fifo()), linkTo('/dev/zero')];
  // more than Node has threads for files
  for (let i = 0; i < 20; i++)
    assert.deepEqual(
      await Promise.all(odd.map(path => readNumber(path, 'are followed'))),
      odd.map(() => null),
    );
  assert.ok(process.memoryUsage.rss() - before < 100_000_000);
  mkdirSync(join(folder, 'still-here'));
});

test.run();
