/** A directive of nginx: its words, and what stands in its braces. */
export type Directive = [words: string[], block?: Directive[]];

type Token = { kind: 'word'; text: string } | { kind: ';' | '{' | '}' };

/** The longest word that nginx reads, in bytes. */
const LONGEST = 4095;

/**
 * A quoted word, a comment, a sign, or a bare word; in bare words `\x` is one letter and `${` opens no block. White space
 * is what nginx takes for it, not what JavaScript does. After a quoted word it wants some, or a sign.
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
    if (Buffer.byteLength(word ?? '') > LONGEST) throw new Error(`too long a word for nginx: ${word}`);
    if (sign) yield { kind: sign as ';' | '{' | '}' };
    else if (word !== undefined) yield { kind: 'word', text: word };
  }
}

/** Reads a configuration by nginx's own rules of tokens, with nothing of the program's own. */
export function readNginx(text: string): Directive[] {
  const stack: Directive[][] = [[]];
  let words: string[] = [];
  for (const token of tokens(text)) {
    const block = stack.at(-1);
    if (!block) throw new Error('a } too many');
    if (token.kind === 'word') words.push(token.text);
    else if (token.kind === '}') {
      if (words.length > 0) throw new Error(`no ; after ${words.join(' ')}`);
      stack.pop();
    } else {
      const inner: Directive[] = [];
      block.push(token.kind === '{' ? [words, inner] : [words]);
      if (token.kind === '{') stack.push(inner);
      words = [];
    }
  }
  const [top] = stack;
  if (!top || stack.length !== 1 || words.length > 0) throw new Error('it ends too early');
  return top;
}

/** All directives of a name, however deep. */
export const all = (tree: readonly Directive[], name: string): Directive[] =>
  tree.flatMap(one => [...(one[0][0] === name ? [one] : []), ...all(one[1] ?? [], name)]);

/** The words after the name, of each directive of that name. */
export const args = (tree: readonly Directive[], name: string): string[] =>
  all(tree, name).map(([words]) => words.slice(1).join(' '));
