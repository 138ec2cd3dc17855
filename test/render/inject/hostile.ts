import { readFileSync } from 'node:fs';

const listed = readFileSync(new URL('./hostile.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map((line): string => JSON.parse(line));

/** Texts that just fit, or exceed, a byte, a buffer of nginx or a program's argument. */
const LONG = [
  ...['a'.repeat(64), 'a'.repeat(256), '/'.repeat(300), `/${'a'.repeat(254)}`, `/${'a'.repeat(257)}`],
  ...['a'.repeat(4096), `/${'b'.repeat(4096)}`, '%'.repeat(1000), '"'.repeat(999), 'a.'.repeat(200)],
  ...['$host'.repeat(900), 'é'.repeat(500), '%C3%A9'.repeat(60), 'a '.repeat(2000), '1'.repeat(400)],
  ...['\\'.repeat(501), '['.repeat(1000)],
];

/** Texts to try everywhere. */
export const HOSTILE: readonly string[] = [...listed, ...LONG];

/** Too long for a line; slow, so not tried for each key. */
export const VERY_LONG: readonly string[] = ['a', '%', 'a ', '"'].map(text => text.repeat(400_001));
