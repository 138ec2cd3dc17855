import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes read at a time: rotated logs are all open at once. */
const CHUNK_BYTES = 65_536;
/** What is longer is no line of a log; it is cut, so that a file without line ends takes no memory. */
const MAX_LINE_CHARS = 65_536;

const isGzip = (chunk: Buffer | undefined): boolean => chunk?.[0] === 0x1f && chunk[1] === 0x8b;

async function* withFirst(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Unpacks what begins as gzip does, whatever its name: a pipe has none. */
async function* unpacked(input: Readable): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = input[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const all = withFirst(first.value, chunks);
  // an error of the one ends the other, which throws it here
  yield* isGzip(first.value) ? pipeline(Readable.from(all), createGunzip(), () => {}) : all;
}

/**
 * The lines of a file, or of the standard input for `-`, some at a time, and unpacked if need be. Bytes are taken for
 * characters, which is quick, and all that is looked for is ASCII. Throws as the file system and zlib do.
 */
export async function* logLines(file: string): AsyncGenerator<string[]> {
  const input = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
  let kept = '';
  for await (const chunk of unpacked(input)) {
    const lines = (kept + chunk.toString('latin1')).split('\n');
    kept = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
    if (lines.length > 0) yield lines;
  }
  if (kept !== '') yield [kept];
}
