import { err, ok } from '../../base/result.ts';
import type { Parse } from './values.ts';

/** Escaped letters and quoted strings, whose blanks, quotes and semicolons mean themselves. */
const QUOTED = /\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g;

/** The command line of ExecStart=. `+` and `!` would run it outside the sandbox, which a worker must not. */
export const command: Parse<string> = value => {
  const prefix = /^[-@:+!]*/.exec(value)?.[0] ?? '';
  if (/[+!]/.test(prefix))
    return err(`: the prefix ${prefix} would run the worker outside its sandbox, as root: remove it`);
  const program = value.slice(prefix.length);
  // in quotes its path may hold blanks
  if (!/^(?:\/[^\s/]|(["'])\/[^/])/.test(program))
    return err('must begin with the absolute path of a program: use /usr/bin/env to search PATH');
  const bare = program.replace(QUOTED, '_');
  if (/["']/.test(bare)) return err('has an unclosed quote: close it');
  if (/(^|\s);(\s|$)/.test(bare))
    return err('is more than one command: put them in a script, or write \\; for a literal ;');
  return ok(value);
};
