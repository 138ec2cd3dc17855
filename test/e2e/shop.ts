import { readFileSync } from 'node:fs';
import type { Machine } from '../../tools/machine/machine.ts';
import { fenced } from '../pool-file/reference.ts';

/** The folder of the documented pool of PHP scripts. */
export const SHOP = '/srv/shop/public';

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The pool that docs/pool-file.md shows for a folder of PHP scripts. */
const documented = (): string => {
  const found = fenced(text('docs/pool-file.md'), 'ini').find(pool => pool.includes(`Root=${SHOP}`));
  if (found === undefined) throw new Error(`docs/pool-file.md has no pool with Root=${SHOP}`);
  return found;
};

/** php-fpm by itself runs only .php. Other interpreters do not check, php-cgi among them: only nginx protects them. */
const fpm = (): string =>
  text('services/examples/php-fpm.conf').replace('[php]', '[php]\nsecurity.limit_extensions =');

/** Prints which script runs, and its variables. */
const SCRIPT = `<?php header('Content-Type: application/json');
echo json_encode(['ran' => __FILE__] + $_SERVER, JSON_UNESCAPED_SLASHES);
`;

/** Neither its text nor its output may be in any answer. */
const EVIL = `<?php echo 'EV', 'IL'; # SECRET\n`;

const GOOD = ['x.php', 'a/b.php', '.well-known/x.php'];
const BAD = [
  ...['uploads/evil.jpg', 'evil.php.jpg', 'evil.PHP', 'evil.phtml', 'evil.php5', 'evil.php~', 'evil'],
  ...['.env.local', '.hidden.php', '.php', '.git/config', '.git/evil.php', 'a/.git/evil.php', 'notes.md'],
  ...['.well-known/.evil.php', '.well-known.php', 'folder.php/evil.php', 'folder.php/evil.txt', 'evil.php.'],
];

/** Creates the shop, with everything that might be left or uploaded there, and its pool. */
export async function bringShop(m: Machine): Promise<void> {
  await m.write('/srv/shop/php-fpm.conf', fpm());
  for (const name of GOOD) await m.write(`${SHOP}/${name}`, SCRIPT);
  for (const name of BAD) await m.write(`${SHOP}/${name}`, EVIL);
  await m.run(`ln -s ${SHOP}/uploads/evil.jpg ${SHOP}/uploads/link.jpg; chmod -R a+rX /srv/shop`);
  await m.pool('shop', documented());
}

/** Paths below the shop's location that run a script, and its PATH_INFO. */
export const RUN: readonly [path: string, info: string][] = [
  ['/x.php', ''],
  ['/x.php?q=/../evil.jpg', ''],
  ['/a/b.php', ''],
  ['/x.php/', '/'],
  ['/x.php/a/b', '/a/b'],
  // names in PATH_INFO are not files
  ['/x.php/.env/b.php', '/.env/b.php'],
  ['/x.php/a%0Ab', '/a\nb'],
  ['/.well-known/x.php', ''],
  // nginx normalizes paths first
  ['//x.php', ''],
  ['/uploads/..%2fx.php', ''],
  ['/uploads/%2e%2e/x.php', ''],
  ['/%78.%70hp', ''],
];

/** Paths there that must be answered with 404. */
export const NOT_FOUND: readonly string[] = [
  // not a script
  ...['/uploads/evil.jpg', '/uploads/link.jpg', '/notes.md', '/evil', '/evil.phtml', '/evil.php5', '/'],
  ...['/evil.php~', '/evil.php.', '/evil.php%20', '/evil.php%0a', '/x.php%0a', '/evil.PHP', '/x.PHP', ''],
  ...['/evil.php.jpg', '/evil.php.jpg/', '/x.php.jpg', '/x.php;a', '/x.php%3f.jpg', '/..%5c..%5cevil.php'],
  // interpreters try other files along these paths
  ...['/uploads/evil.jpg/x.php', '/uploads/evil.jpg/', '/uploads/evil.jpg/.php', '/none.php', '/evil/x.php'],
  ...['/uploads/evil.jpg%2fx.php', '/uploads/evil.jpg//x.php', '/notes.md/a.php/b.php'],
  ...['/folder.php', '/folder.php/', '/folder.php/evil.php', '/folder.php/evil.txt', '/a/'],
  // names that begin with a dot
  ...['/.env.local', '/%2eenv.local', '/.git/config', '/.git/', '/.hidden.php', '/%2ehidden.php', '/.php'],
  ...['/.git/evil.php', '/%2Egit/evil.php', '/a/.git/evil.php', '/.well-known/.evil.php', '/.well-known.php'],
  ...['/.well-known/', '/.env.local/x.php', '/./.hidden.php', '/a/../.hidden.php'],
];

/** Paths that leave the location, or that nginx rejects, and their status. */
export const ELSEWHERE: readonly [path: string, status: number][] = [
  ['/evil.php%00.jpg', 400],
  ['/uploads/evil.jpg%00.php', 400],
  ['/..%2f..%2f..%2fetc%2fpasswd', 400],
  ['/..%2fphp-fpm.conf', 404],
  ['/../shop/.env.local', 404],
];
