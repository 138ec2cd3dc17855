import { err, ok } from '../../base/result.ts';
import type { Parse } from './values.ts';

/** Escaped characters and quoted strings, in which spaces, quotes and semicolons are literal. */
const QUOTED = /\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g;

/** A command line for ExecStart=. The prefixes `+` and `!` would run it outside the sandbox. */
export const command: Parse<string> = value => {
  const prefix = /^[-@:+!]*/.exec(value)?.[0] ?? '';
  if (/[+!]/.test(prefix))
    return err(`: the prefix ${prefix} would run the worker outside its sandbox, as root: remove it`);
  const program = value.slice(prefix.length);
  // a quoted path may contain spaces
  if (!/^(?:\/[^\s/]|(["'])\/[^/])/.test(program))
    return err('must begin with the absolute path of a program: use /usr/bin/env to search PATH');
  const bare = program.replace(QUOTED, '_');
  if (/["']/.test(bare)) return err('has an unclosed quote: close it');
  if (/(^|\s);(\s|$)/.test(bare))
    return err('is more than one command: put them in a script, or write \\; for a literal ;');
  return ok(value);
};
