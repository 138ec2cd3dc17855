import { nearest } from '../../base/nearest.ts';
import { err, ok } from '../../base/result.ts';
import { mayBeSet, OWNED, SETTABLE } from '../../model/nginx-directives.ts';
import { setsOwnHeader } from '../../model/proxy-headers.ts';
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
  const meant = nearest(name, SETTABLE);
  return `: ${name} is no directive that a pool may set${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

/** Directives whose arguments are texts with variables in them, and no patterns, which may end with the sign. */
const TEXTS = /_(param|set_header)$|^add_(header|trailer)$/;
const NAMELESS = /\$(?!\{?[A-Za-z0-9_])/;

/** What cgipool sets itself, and the key that says so, if any. */
function owned(name: string, args: readonly string[]): string | null {
  const cure = OWNED.find(([pattern]) => pattern.test(name))?.[1];
  if (cure !== undefined) return `: cgipool sets ${name} itself: ${cure}`;
  if (name.endsWith('_ignore_headers') && args.some(arg => /^"?x-accel-redirect"?$/i.test(arg)))
    return ': cgipool says itself whether nginx ignores X-Accel-Redirect: use AccelRedirect=';
  const [first = ''] = args;
  const kind = name.endsWith('_param') ? 'variable' : 'header';
  return setsOwnHeader(name, first) ? `: cgipool sets the ${kind} ${first} itself` : null;
}

function mistake([name = '', first = '', ...more]: readonly string[]): string | null {
  const own = owned(name, [first, ...more]);
  if (own !== null) return own;
  if (TEXTS.test(name) && [first, ...more].some(word => NAMELESS.test(word)))
    return ': a $ begins a variable of nginx, and one here has no name';
  return mayBeSet(name) ? null : strange(name);
}

/** `NAME ARGUMENT...`, one simple directive of an nginx location without its semicolon. */
export const nginxDirective: Parse<string> = text => {
  const words = wordsOf(text);
  if (!isSpelled(text, words) || words.length < 2)
    return err(
      'is no directive with arguments: single blanks between words, no ; { } # \\ or \', and "quotes" around what holds blanks',
    );
  const wrong = mistake(words);
  return wrong === null ? ok(text) : err(wrong);
};
