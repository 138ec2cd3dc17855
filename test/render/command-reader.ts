/** A command of ExecStart=, as systemd.service(5) parses it. */
export interface Command {
  /** The characters before the path, such as `+` for a command outside the sandbox. */
  prefix: string;
  words: string[];
}

/** Quoted strings, which may contain blanks, escaped characters, and others that are not blanks. */
const WORD = /(?:"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|\\[\s\S]|[^ \t"'\\])+/y;

/** The word without quotes. Of the escapes only \x matters here, as it could hide a prefix. */
const bare = (word: string): string =>
  word
    .replace(/"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'/g, (_, double, single) => double ?? single)
    .replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function wordsOf(text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const blank = /^[ \t]/.test(text.slice(at, at + 1));
    WORD.lastIndex = at;
    const word = blank ? undefined : WORD.exec(text)?.[0];
    if (!blank && word === undefined)
      throw new Error(`systemd would not understand: ${text.slice(at, at + 40)}`);
    if (word !== undefined) found.push(word);
    at += word?.length ?? 1;
  }
  return found;
}

/** Parses a command line by systemd's rules: a `;` on its own begins another command. */
export function readCommands(text: string): Command[] {
  const commands: string[][] = [[]];
  for (const word of wordsOf(text))
    if (word === ';') commands.push([]);
    else commands.at(-1)?.push(bare(word));
  return commands.map(([first = '', ...words]) => {
    const prefix = /^[-@:+!|]*/.exec(first)?.[0] ?? '';
    return { prefix, words: [first.slice(prefix.length), ...words] };
  });
}
