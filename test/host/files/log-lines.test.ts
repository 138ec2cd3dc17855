import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import { logLines } from '../../../src/host/files/log-lines.ts';
import { temporary } from '../../temporary.ts';

const test = suite('log-lines');

const folder = temporary('log-lines');

let files = 0;

async function linesOf(content: string | Buffer): Promise<string[]> {
  const file = join(folder, String(files++));
  writeFileSync(file, content);
  const all: string[] = [];
  for await (const lines of logLines(file)) all.push(...lines);
  return all;
}

test('the last line of a log may lack its line end', async () => {
  assert.deepEqual(await linesOf('a\nb\n'), ['a', 'b']);
  assert.deepEqual(await linesOf('a\n\nb'), ['a', '', 'b']);
  assert.deepEqual(await linesOf(''), []);
});

test('lines that span two chunks are joined', async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 50)}`);
  assert.deepEqual(await linesOf(lines.join('\n')), lines);
  assert.deepEqual(await linesOf(gzipSync(lines.join('\n'))), lines);
});

test('gzip is recognized by its first bytes, and concatenated gzip files are one log', async () => {
  assert.deepEqual(await linesOf(Buffer.concat([gzipSync('a\nb'), gzipSync('c\n')])), ['a', 'bc']);
});

test('a line longer than 64 KiB is cut', async () => {
  const [long = '', next] = await linesOf(`${'x'.repeat(1_000_000)}\nnext\n`);
  assert.ok(long.length <= 2 * 65_536, String(long.length));
  assert.equal(next, 'next');
});

test('an unreadable or truncated log throws', async () => {
  const read = async (file: string): Promise<void> => {
    for await (const _ of logLines(file));
  };
  await assert.rejects(read(join(folder, 'nothing')), { code: 'ENOENT' });
  await assert.rejects(read(folder), { code: 'EISDIR' });
  await assert.rejects(linesOf(gzipSync('a\n'.repeat(10_000)).subarray(0, 30)), { code: 'Z_BUF_ERROR' });
  await assert.rejects(linesOf(Buffer.concat([gzipSync('a').subarray(0, 12), Buffer.from('rubbish')])), /./);
});

test.run();
