import assert from 'node:assert/strict';
import type { Parse } from '../../../src/pool-file/values/values.ts';

/** A text and its value, or a pattern that the error must match. */
export type Row = [text: string, meaning: unknown];

/** Runs a parser over a table. */
export function check(parse: Parse<unknown>, rows: readonly Row[]): void {
  for (const [text, meaning] of rows) {
    const parsed = parse(text);
    if (meaning instanceof RegExp) assert.match(parsed.ok ? `"${text}" was accepted` : parsed.error, meaning);
    else assert.deepEqual(parsed, { ok: true, value: meaning }, `"${text}"`);
  }
}
