import type { Balance } from './pool.ts';
import { err, ok } from './result.ts';
import type { Parse } from './values.ts';

/** Any text on one line that is not empty. */
export const text: Parse<string> = value => (value === '' ? err('it is empty') : ok(value));

/** An absolute command line. `+` and `!` would run it outside the sandbox, which a worker must not. */
export const command: Parse<string> = value => {
  if (/^[-@:]*[+!]/.test(value))
    return err('the prefixes + and ! would run the worker with full privileges: remove them');
  if (!/^[-@:]*\//.test(value)) return err(`"${value}" must begin with the absolute path of a program`);
  return ok(value);
};

/** A URL path and query as an HTTP request line may hold it. */
export const urlPath: Parse<string> = value =>
  /^\/[!-~]*$/.test(value)
    ? ok(value)
    : err(`"${value}" must begin with / and hold no spaces (%20) or non-ASCII letters`);

/** Host header text: letters, digits, dots, hyphens, a port, a bracketed IPv6 address. */
export const host: Parse<string> = value =>
  /^[A-Za-z0-9.\-:[\]]{1,255}$/.test(value) ? ok(value) : err(`"${value}" is no host name`);

/** A prefix of URL paths. Only characters that mean nothing to nginx's configuration language. */
export const location: Parse<string> = value => {
  if (!value.startsWith('/')) return err(`"${value}" must begin with /`);
  if (!/^[A-Za-z0-9/._~%+@,:=-]*$/.test(value))
    return err(
      `"${value}": only letters, digits and / . _ ~ % + @ , : = - are allowed, others as in /caf%C3%A9`,
    );
  return ok(value.length > 1 ? value.replace(/\/+$/, '') : value);
};

const PLAIN = ['round_robin', 'least_conn', 'random', 'ip_hash'] as const;
/** nginx variables and plain letters, so that a key cannot end its directive. */
const HASH_KEY = /^(\$[a-z_][a-z0-9_]*|[A-Za-z0-9_.:/-])+$/;

export const balance: Parse<Balance> = value => {
  const plain = PLAIN.find(method => method === value);
  if (plain) return ok({ method: plain });
  const hash = /^hash\s+(\S+)$/.exec(value)?.[1];
  if (hash === undefined) return err(`"${value}" is none of ${PLAIN.join(', ')}, hash KEY`);
  return HASH_KEY.test(hash)
    ? ok({ method: 'hash', key: hash })
    : err(`hash key "${hash}": write nginx variables such as $request_uri or $cookie_sid`);
};

/** An absolute path of characters that need no quoting. */
export const filePath: Parse<string> = value =>
  /^\/[A-Za-z0-9/._@+-]+$/.test(value)
    ? ok(value)
    : err(`"${value}" must be an absolute path of letters, digits and / . _ @ + -`);

/** A list of words, each of which must match. */
export const words =
  (shape: RegExp, what: string): Parse<string[]> =>
  value => {
    const list = value.split(/\s+/).filter(word => word !== '');
    const wrong = list.find(word => !shape.test(word));
    if (wrong !== undefined || list.length === 0) return err(`"${wrong ?? value}" is no ${what}`);
    return ok(list);
  };

/** One value that must match. */
export const word =
  (shape: RegExp, what: string): Parse<string> =>
  value =>
    shape.test(value) ? ok(value) : err(`"${value}" is no ${what}`);
