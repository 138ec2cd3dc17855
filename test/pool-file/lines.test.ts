import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { type Assignment, readLines } from '../../src/pool-file/lines.ts';
import { runs } from '../fuzz.ts';
import { growth, LINEAR } from '../growth.ts';

const test = suite('lines of pool files');

const read = (text: string) => readLines('a.pool', text);
const messages = (text: string): string[] => read(text).problems.map(p => `${p.line}: ${p.message}`);
const triples = (text: string): string[][] =>
  read(text).assignments.map(a => [a.section, a.key, a.value, String(a.line)]);

test('sections, keys, values and their lines are read', () => {
  assert.deepEqual(triples('[Pool]\nMin=1\n\n[Health]\n  Path = /a b \n[Pool]\nMax=2'), [
    ['Pool', 'Min', '1', '2'],
    ['Health', 'Path', '/a b', '5'],
    ['Pool', 'Max', '2', '7'],
  ]);
});

test('comments are recognized at the start of a line only', () => {
  assert.deepEqual(triples('# a=1\n ; b=2\n[Service]\n\t# c=3\nd=4 ; e # f'), [
    ['Service', 'd', '4 ; e # f', '5'],
  ]);
});

test('a byte order mark and CRLF are accepted', () => {
  assert.deepEqual(triples('\uFEFF[Pool]\r\nMin=1\r\n'), [['Pool', 'Min', '1', '2']]);
  assert.deepEqual(messages('\uFEFF[Pool]\r\nMin=1\r\n'), []);
});

test('white space is what systemd trims, and nothing else', () => {
  assert.deepEqual(triples('[Service]\nA=\u00a0\u2028x\u2029\ufeff\t '), [
    ['Service', 'A', '\u00a0\u2028x\u2029\ufeff', '2'],
  ]);
});

test('names that are special in JavaScript or ini are kept', () => {
  const names = [
    '__proto__',
    'constructor',
    'a.b',
    'a\\.b',
    'a;b',
    'a#b',
    '"Pool"',
    'true',
    '12',
    ' Pool',
    '',
  ];
  for (const name of names)
    assert.deepEqual(read(`[${name}]\n${name}x=1`).headers, [{ name, line: 1 }], name);
  assert.deepEqual(triples('[__proto__]\n__proto__=1\n[a.b]\nx[]=2\n'), [
    ['__proto__', '__proto__', '1', '2'],
    ['a.b', 'x[]', '2', '4'],
  ]);
});

const refused: [string, string, RegExp][] = [
  ['a line without =', '[Pool]\nMin', /^2: "Min" is not Key=value/],
  ['a line without a key', '[Pool]\n = 2', /^2: "= 2" has no key before the =/],
  ['a key before any section', 'Min=2\n[Pool]', /^1: this key is outside any section/],
  ['a continued line', '[Pool]\nExec=/bin/a \\\n  b=c', /^2: a line cannot be continued .* on one line/],
  ['a backslash followed by spaces', '[Pool]\nExec=/bin/a \\ \t', /^2: a line cannot be continued/],
  ['a continued header', '[Pool]\\\n', /^1: a line cannot be continued/],
  ['a header that does not end', '[Pool\nMin=1', /^1: "\[Pool" is not a section header/],
  ['a header with a comment', '[Pool] # mine\nMin=1', /^1: "\[Pool\] # mine" is not a section header/],
  ['a header with an =', '[Pool] Min=1', /^1: "\[Pool\] Min=1" is not a section header/],
  ['a NUL', '[Pool]\nMin=1\0', /^2: control characters/],
  ['an escape character', '[Pool]\nMin=\u001b[31m', /^2: control characters/],
  ['a next-line character', '[Pool]\nMin=\u0085', /^2: control characters/],
  ['a lone carriage return', '[Pool]\nMin=1\rMax=2', /^2: control characters/],
  ['a comment in a file with carriage returns as line ends', '# a\r[Pool]\rMin=1', /^1: control characters/],
  ['text that is not UTF-8', '[Pool]\nDescription=caf\uFFFD', /^2: the line is not valid UTF-8/],
  ['a noncharacter at the end of a plane', '[Pool]\nDescription=a\uFFFE', /^2: control characters/],
  [
    'a line of a megabyte',
    `[Pool]\nDescription=${'a'.repeat(2 ** 20)}`,
    /^2: the line is longer than 100000 characters/,
  ],
  ['a noncharacter within a plane', '[Pool]\nDescription=a\uFDD0', /^2: control characters/],
];
for (const [what, text, message] of refused)
  test(`${what} is a problem`, () => {
    assert.equal(messages(text).length, 1, messages(text).join('\n'));
    assert.match(messages(text)[0] ?? '', message);
  });

test('after a malformed header, keys belong to the section that it probably meant', () => {
  assert.deepEqual(triples('[Pool\nMin=1\n[Health] #\nRise=2'), [
    ['Pool', 'Min', '1', '2'],
    ['Health', 'Rise', '2', '4'],
  ]);
});

test('a long line is shortened in a message', () => {
  assert.ok((messages(`[Pool]\n${'x'.repeat(5000)}`)[0] ?? '').length < 200);
});

test('long lines are read in linear time', () => {
  const rows: ((size: number) => string)[] = [
    size => 'x'.repeat(size),
    size => `a=${' '.repeat(size)}b`,
    size => '['.repeat(size),
    size => '\\'.repeat(size),
  ];
  for (const line of rows) {
    const times = growth(size => read(`[Pool]\n${line(size)}`), 100_000);
    assert.ok(times < LINEAR, `${line(3)}: ${times} times the time for four times the length`);
  }
});

/** Texts that are special in ini, JSON, regular expressions, line splitters or JavaScript's trim. */
const special = [
  ...' \t;#\\"\'=[]{}.$%&*\u2028\u2029\u00a0\ufeff\u{1F600}é',
  'true',
  'null',
  '\\;',
  '[]',
  '__proto__',
];
const piece = fc.oneof(fc.constantFrom(...special), fc.string({ unit: 'binary', maxLength: 4 }));
const isPlain = (text: string): boolean =>
  !/[\p{Cc}\uFFFD\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text.replaceAll('\t', ''));
const trimmed = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');
const content = fc
  .array(piece, { maxLength: 12 })
  .map(parts => trimmed(parts.join('')))
  .filter(text => isPlain(text) && !text.endsWith('\\'));

const aKey = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', '1', '12', 'a.b', 'x[]', 'true', 'Environment'),
  content
    .map(text => trimmed(text.replaceAll('=', '')))
    .filter(text => text !== '' && !/^[[#;\uFEFF]/.test(text)),
);
const aSection = fc.oneof(
  fc.constantFrom('Pool', 'Service', '__proto__', 'a.b', '12'),
  content.filter(text => !text.includes(']')),
);
const blank = fc.constantFrom('', '  ', '# k=v', ' ; [Pool]', '\t#\\');
const white = fc.stringMatching(/^[ \t]{0,2}$/);

interface Written {
  text: string;
  assignment: Omit<Assignment, 'line' | 'section'> | null;
  header: string | null;
}

const aLine = fc.oneof(
  { weight: 2, arbitrary: blank.map((text): Written => ({ text, assignment: null, header: null })) },
  {
    weight: 1,
    arbitrary: aSection.map((name): Written => ({ text: `[${name}]`, assignment: null, header: name })),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(aKey, content, white, white, white).map(
      ([key, value, a, b, c]): Written => ({
        text: `${a}${key}${b}=${c}${value}${a}`,
        assignment: { key, value },
        header: null,
      }),
    ),
  },
);

/** The assignments that were written, without the help of the reader. */
function expected(lines: readonly Written[]): Assignment[] {
  let section = 'First';
  return lines.flatMap(({ assignment, header }, index) => {
    section = header ?? section;
    return assignment ? [{ section, ...assignment, line: index + 2 }] : [];
  });
}

test('every value is read byte for byte, with its section, order and line', () => {
  const ends = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(fc.array(aLine, { maxLength: 30 }), ends, fc.boolean(), (lines, end, mark) => {
      const text = ['[First]', ...lines.map(line => line.text), ''].join(end);
      const found = read((mark ? '\uFEFF' : '') + text);
      assert.deepEqual(found.problems, []);
      assert.deepEqual(found.assignments, expected(lines));
    }),
    runs(2000),
  );
});

test('any text is read or reported, without exceptions', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.constantFrom('\n', '\r', '\0')), { maxLength: 60 }), parts => {
      const text = parts.join('');
      const { assignments, problems, headers } = read(text);
      const numbers = [...assignments, ...problems, ...headers].map(x => x.line);
      assert.ok(numbers.every(n => n >= 1 && n <= text.split('\n').length));
    }),
    runs(2000),
  );
});

test.run();
