import { findNearest } from '../../base/nearest.ts';
import { err, ok } from '../../base/result.ts';
import { mayBeSet, OWNED, SETTABLE } from '../../model/nginx-directives.ts';
import type { Parse } from './values.ts';

/** A word of nginx without quotes, or one in quotes: neither can end the directive, open a block or begin a comment. */
const WORD = /^(?:[^\s;{}"'\\#]+|"[^"\\\p{C}]*")$/u;

/** nginx takes no word of 4096 letters. */
const MAX_DIRECTIVE_CHARS = 1000;

/** The words of a line, quoted ones whole. */
const wordsOf = (text: string): string[] => text.match(/"[^"]*"|[^\s"]+/g) ?? [];

const isSpelled = (text: string, words: readonly string[]): boolean =>
  text.length <= MAX_DIRECTIVE_CHARS && words.every(word => WORD.test(word)) && words.join(' ') === text;

function strange(name: string): string {
  const meant = findNearest(name, SETTABLE);
  return `: ${name} is not a directive that a pool may set${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

/** The header or variable that it sets, where cgipool sets that itself. */
const OWN_HEADERS = /^"?(host|connection|upgrade|proxy|x-real-ip|x-forwarded-(for|host|proto))"?$/i;

/** Directives whose arguments are texts with variables in them, and no patterns, which may end with the sign. */
const TEXTS = /_(param|set_header)$|^add_(header|trailer)$/;
const NAMELESS = /\$(?!\{?[A-Za-z0-9_])/;

function mistake([name = '', first = '', ...more]: readonly string[]): string | null {
  const cure = OWNED.find(([pattern]) => pattern.test(name))?.[1];
  if (cure !== undefined) return `: cgipool sets ${name} itself: ${cure}`;
  if (name.endsWith('_set_header') && OWN_HEADERS.test(first))
    return `: cgipool sets the header ${first} itself`;
  if (TEXTS.test(name) && [first, ...more].some(word => NAMELESS.test(word)))
    return ': a $ must be followed by the name of an nginx variable';
  return mayBeSet(name) ? null : strange(name);
}

/** `NAME ARGUMENT...`, one simple directive of an nginx location without its semicolon. */
export const nginxDirective: Parse<string> = text => {
  const words = wordsOf(text);
  if (!isSpelled(text, words) || words.length < 2)
    return err(
      'is not a directive with arguments: put one space between words, "quotes" around words with spaces or ; { } # \', and no \\',
    );
  const wrong = mistake(words);
  return wrong === null ? ok(text) : err(wrong);
};
