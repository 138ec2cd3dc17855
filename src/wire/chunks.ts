import { err, ok, type Result } from '../pool/result.ts';
import { join, latin1 } from './bytes.ts';

/** A chunked body as far as it has come. */
export interface Chunks {
  body: Uint8Array;
  /** The last chunk and the trailers are there. */
  isWhole: boolean;
}

/** The end of the chunk before, and the next one's size, with extensions that mean nothing to us. */
const SIZE_LINE = /\r?\n([0-9A-Fa-f]{1,7})[ \t]*(?:;[^\n]*)?\r?\n/y;
const UNFINISHED_LINE = /(?:\r?\n[^\n]*|\r)?$/y;
const TRAILERS = /(?:[^\r\n]+\r?\n)*\r?\n/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const LINE_END = Uint8Array.of(13, 10);

/** Takes a chunked body apart; an error says in words what is none. */
export function dechunk(bytes: Uint8Array): Result<Chunks> {
  // so the first chunk is like all others
  const whole = join([LINE_END, bytes]);
  const text = latin1(whole);
  const parts: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const line = matchAt(SIZE_LINE, text, at);
    if (!line && matchAt(UNFINISHED_LINE, text, at)) return ok({ body: join(parts), isWhole: false });
    if (!line) return err('its chunked body has no length where one must be');
    const [from, size] = [at + line[0].length, Number.parseInt(line[1] ?? '', 16)];
    if (size === 0) return ok({ body: join(parts), isWhole: matchAt(TRAILERS, text, from) !== null });
    parts.push(whole.subarray(from, from + size));
    at = Math.min(from + size, text.length);
  }
}
