import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes per read; small, because all rotated logs are open at the same time. */
const CHUNK_BYTES = 65_536;
/** Longer lines are cut, so that a file without line ends cannot fill the memory. */
const MAX_LINE_CHARS = 65_536;

const isGzip = (chunk: Buffer | undefined): boolean => chunk?.[0] === 0x1f && chunk[1] === 0x8b;

async function* withFirst(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Decompresses input that begins like gzip, whatever its name: a pipe has none. */
async function* decompressed(input: Readable): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = input[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const all = withFirst(first.value, chunks);
  // pipeline() forwards an error of either stream to this iterator
  yield* isGzip(first.value) ? pipeline(Readable.from(all), createGunzip(), () => {}) : all;
}

/**
 * The lines of a file, or of standard input for `-`, in batches, decompressed if need be. Bytes are decoded as latin1,
 * which is fast: all that is parsed later is ASCII. Throws the errors of the file system and of zlib.
 */
export async function* logLines(file: string): AsyncGenerator<string[]> {
  const input = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
  let kept = '';
  for await (const chunk of decompressed(input)) {
    const lines = (kept + chunk.toString('latin1')).split('\n');
    kept = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
    if (lines.length > 0) yield lines;
  }
  if (kept !== '') yield [kept];
}
