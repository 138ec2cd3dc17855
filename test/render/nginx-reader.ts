/** A directive of nginx: its words, and the block in its braces. */
export type Directive = [words: string[], block?: Directive[]];

type Token = { kind: 'word'; text: string } | { kind: ';' | '{' | '}' };

/** The longest word that nginx reads, in bytes. */
const MAX_WORD_BYTES = 4095;

/**
 * White space, a comment, a sign, a quoted word or a bare word. In bare words `\x` is one character and `${` opens no
 * block. White space is what nginx takes for it, not what JavaScript does; nginx requires some, or a sign, after a
 * quoted word.
 */
const TOKEN = new RegExp(
  [
    /[ \t\r\n]+|#[^\n]*/,
    /(?<sign>[;{}])/,
    /"(?<double>(?:\\[\s\S]|[^"\\])*)"(?=[ \t\r\n;{)])/,
    /'(?<single>(?:\\[\s\S]|[^'\\])*)'(?=[ \t\r\n;{)])/,
    /(?<bare>(?:\\[\s\S]|\$\{|[^ \t\r\n;{}"'#\\])(?:\\[\s\S]|\$\{|[^ \t\r\n;{\\])*)/,
  ]
    .map(part => part.source)
    .join('|'),
  'gy',
);

function* tokens(text: string): Generator<Token> {
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) throw new Error(`nginx would not understand: ${text.slice(at, at + 40)}`);
    const { sign, double, single, bare } = groups;
    const word = double ?? single ?? bare;
    if (Buffer.byteLength(word ?? '') > MAX_WORD_BYTES) throw new Error(`word too long for nginx: ${word}`);
    if (sign) yield { kind: sign as ';' | '{' | '}' };
    else if (word !== undefined) yield { kind: 'word', text: word };
  }
}

/** Parses a configuration by nginx's rules, independently of the program's own code. */
export function readNginx(text: string): Directive[] {
  const stack: Directive[][] = [[]];
  let words: string[] = [];
  for (const token of tokens(text)) {
    const block = stack.at(-1);
    if (!block) throw new Error('unexpected }');
    if (token.kind === 'word') words.push(token.text);
    else if (token.kind === '}') {
      if (words.length > 0) throw new Error(`missing ; after ${words.join(' ')}`);
      stack.pop();
    } else {
      const inner: Directive[] = [];
      block.push(token.kind === '{' ? [words, inner] : [words]);
      if (token.kind === '{') stack.push(inner);
      words = [];
    }
  }
  const [top] = stack;
  if (!top || stack.length !== 1 || words.length > 0) throw new Error('unexpected end');
  return top;
}

/** All directives of a name, at any depth. */
export const all = (tree: readonly Directive[], name: string): Directive[] =>
  tree.flatMap(one => [...(one[0][0] === name ? [one] : []), ...all(one[1] ?? [], name)]);

/** The words after the name, of each directive of that name. */
export const args = (tree: readonly Directive[], name: string): string[] =>
  all(tree, name).map(([words]) => words.slice(1).join(' '));
