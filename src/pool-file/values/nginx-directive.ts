import { findNearest } from '../../base/nearest.ts';
import { err, ok } from '../../base/result.ts';
import { mayBeSet, OWNED, SETTABLE } from '../../model/nginx-directives.ts';
import { setsOwnHeader } from '../../model/proxy-headers.ts';
import type { Parse } from './values.ts';

/** An nginx word, bare or in double quotes, that cannot end the directive, open a block or start a comment. */
const WORD = /^(?:[^\s;{}"'\\#]+|"[^"\\\p{C}]*")$/u;

/** nginx refuses words of 4096 bytes or more. */
const MAX_DIRECTIVE_CHARS = 1000;

/** The words of a line; quoted words may contain spaces. */
const splitWords = (text: string): string[] => text.match(/"[^"]*"|[^\s"]+/g) ?? [];

const isWellFormed = (text: string, words: readonly string[]): boolean =>
  text.length <= MAX_DIRECTIVE_CHARS && words.every(word => WORD.test(word)) && words.join(' ') === text;

function describeUnknown(name: string): string {
  const meant = findNearest(name, SETTABLE);
  return `: ${name} is not a directive that a pool may set${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}

/** Directives whose arguments are texts with variables; in others, such as patterns, a $ may stand alone. */
const WITH_VARIABLES = /_(param|set_header)$|^add_(header|trailer)$/;
const DOLLAR_WITHOUT_NAME = /\$(?!\{?[A-Za-z0-9_])/;

/** Refuses what cgipool sets itself, with the key to use instead, if any. */
function checkOwned(name: string, args: readonly string[]): string | null {
  const cure = OWNED.find(([pattern]) => pattern.test(name))?.[1];
  if (cure !== undefined) return `: cgipool sets ${name} itself: ${cure}`;
  if (name.endsWith('_ignore_headers') && args.some(arg => /^"?x-accel-redirect"?$/i.test(arg)))
    return ': cgipool decides itself whether nginx ignores X-Accel-Redirect: use AccelRedirect=';
  const [first = ''] = args;
  const kind = name.endsWith('_param') ? 'variable' : 'header';
  return setsOwnHeader(name, first) ? `: cgipool sets the ${kind} ${first} itself: remove the line` : null;
}

function checkArguments([name = '', ...args]: readonly string[]): string | null {
  const owned = checkOwned(name, args);
  if (owned !== null) return owned;
  if (WITH_VARIABLES.test(name) && args.some(word => DOLLAR_WITHOUT_NAME.test(word)))
    return ': a $ must be followed by the name of an nginx variable';
  return mayBeSet(name) ? null : describeUnknown(name);
}

/** `NAME ARGUMENT...`: one simple directive for an nginx location, without its semicolon. */
export const nginxDirective: Parse<string> = text => {
  const words = splitWords(text);
  if (!isWellFormed(text, words) || words.length < 2)
    return err(
      'is not a directive with arguments: put one space between words, "quotes" around words with spaces or ; { } # \', and no \\',
    );
  const mistake = checkArguments(words);
  return mistake === null ? ok(text) : err(mistake);
};
