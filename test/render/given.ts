import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatProblem } from '../../src/base/result.ts';
import { readAssets } from '../../src/host/files/assets.ts';
import type { Pool } from '../../src/model/pool.ts';
import type { Site } from '../../src/model/site.ts';
import { type Fleet, parseFleet } from '../../src/pool-file/fleet.ts';
import { defaultSite } from '../../src/pool-file/site-file.ts';
import { type MachineInput, renderMachine } from '../../src/render/machine.ts';

export const assets = await readAssets();
export const site = defaultSite();

const MINIMAL = { pool: ['Exec=/bin/worker %i', 'Ports=8000-8002'], nginx: ['Location=/api'] };

/** A minimal pool file, and more lines. */
export const poolText = (...more: string[]): string =>
  ['[Pool]', ...MINIMAL.pool, '[Nginx]', ...MINIMAL.nginx, ...more].join('\n');

/** The pool that a valid text defines. */
export function poolOf(text: string, name = 'search'): Pool {
  const { pools, problems } = parseFleet([{ file: `${name}.pool`, text }]);
  assert.deepEqual(problems.map(formatProblem), []);
  return pools[0] as Pool;
}

/** The site that valid lines of cgipool.conf define. */
export function siteOf(...lines: string[]): Site {
  const fleet = parseFleet([{ file: 'cgipool.conf', text: ['[Nginx]', ...lines].join('\n') }]);
  assert.deepEqual(fleet.problems.map(formatProblem), []);
  return fleet.site;
}

/** The fleet that a file defines once all lines with mistakes are removed, as an attacker would do. */
export function best(file: string, text: string): Fleet {
  for (let lines = text.split('\n'); ; ) {
    const fleet = parseFleet([{ file, text: lines.join('\n') }]);
    const wrong = new Set(fleet.problems.map(problem => problem.line - 1));
    // a mistake of the file as a whole: something is missing
    if (wrong.size === 0 || wrong.has(-1)) return fleet;
    lines = lines.filter((_, i) => !wrong.has(i));
  }
}

const SIGNS = [
  ...[
    '%',
    '%i',
    '%%',
    '$',
    '$&',
    '$1',
    '\\',
    '\\n',
    '\\x2d',
    '"',
    "'",
    ';',
    '#',
    '{',
    '}',
    '[',
    ']',
    '=',
    ' ',
  ],
  ...[
    '\t',
    '\n',
    '\r',
    '\0',
    '\u2028',
    '\u00a0',
    '\uFEFF',
    '\u0085',
    '\v',
    '/',
    '-',
    ',',
    ':',
    '.',
    '@',
    '+',
  ],
];
const WORDS = [
  ...[
    '@NAME@',
    '@EXEC@',
    '@SERVICE@',
    'ExecStart=/bin/sh',
    '[Service]',
    'User=root',
    '\n[Service]\nUser=root',
  ],
  ...[
    'include /etc/passwd;',
    'return 200 x;',
    'server { }',
    'consistent',
    '$request_uri',
    '$host',
    'a',
    'B',
    '7',
  ],
  ...[
    'search',
    '/bin/x',
    'é',
    '%C3%A9',
    '%3B',
    '%0A',
    'ü',
    'none',
    'yes',
    '127.0.0.1',
    '80',
    'default_server',
  ],
];

/** Texts made of everything with a meaning to systemd, nginx, the templates or JavaScript. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...SIGNS, ...WORDS), maxLength: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

/** The texts of all files of an install, by path. */
export const machineTexts = (input: MachineInput): Map<string, string> =>
  new Map([...renderMachine(input)].map(([path, { text }]) => [path, text]));
