import { isPlace } from '../../pool-file/warnings/exposed-secrets.ts';

/** More than a warning goes by: what is hidden needlessly costs one more look with --show-secrets. */
const SECRET_NAME = /PASS|SECRET|TOKEN|KEYS?(_|$)|CREDENTIAL|PRIVATE|AUTH|COOKIE|SALT|PEPPER|SIGNATURE/i;
/** systemd's own, whatever their names look like. */
const NO_SECRET = new Set(['CREDENTIALS_DIRECTORY']);

/** `postgres://shop:` before the password and the last `@` of the word. */
const IN_URL = /\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#]*):[^\s]*@/gi;
/** `password=` in a query, a DSN of words, or an option of a command line; up to the next separator. */
const IN_PAIR =
  /\b(\w*(?:password|passwd|passphrase|pwd|secret|token|apikey|api_key|api-key)\w*)=[^\s&;,]+/gi;

/** Whether nothing of a variable's value may be shown. */
export const isSecret = (name: string, value: string): boolean =>
  value !== '' && SECRET_NAME.test(name) && !NO_SECRET.has(name) && !isPlace(name, value);

/** A text without the passwords that stand in it. */
export const withoutPasswords = (text: string): string =>
  text.replace(IN_URL, '$1:***@').replace(IN_PAIR, '$1=***');
