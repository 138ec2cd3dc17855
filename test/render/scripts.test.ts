import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { renderLocations } from '../../src/render/locations.ts';
import { assets, poolOf, site } from './given.ts';
import { all, args, type Directive, readNginx } from './nginx-reader.ts';

const test = suite('nginx: FastCGI scripts');

const routesOf = (location: string, line: string): Directive[] => {
  const pool = poolOf(
    `[Pool]\nExec=/bin/a\nListen=unix\nProtocol=fastcgi\n[Nginx]\nLocation=${location}\n${line}`,
  );
  return readNginx(renderLocations(site, [pool], assets)).filter(([words]) => !/status/.test(words.join()));
};

/** A regular expression of nginx, unquoted; all but its end, `\z`, means the same in JavaScript. */
const pattern = (word: string): RegExp => {
  const text = word.replaceAll('\\\\', '\\');
  // matches before a final line break as well
  assert.doesNotMatch(text, /\$/);
  return new RegExp(text.replace(/\\z$/, '$'));
};

/** SCRIPT_FILENAME, and the pattern that extracts the script from the path, if any. */
function scriptOf(tree: readonly Directive[]): { file: string; below: string | undefined } {
  const params = args(all(tree, 'location'), 'fastcgi_param');
  const file = params.find(text => text.startsWith('SCRIPT_FILENAME '))?.split(' ')[1] ?? '';
  const tests = args(tree, 'if').filter(text => text.startsWith('($fastcgi_script_name ~ '));
  return { file, below: tests[0]?.split(' ')[2]?.replace(/\)$/, '') };
}

/** The file that nginx has run for a path, and its PATH_INFO; null for 404. */
function meaning(location: string, line: string, path: string): [string, string] | null {
  const tree = routesOf(location, line);
  const split = pattern(args(tree, 'fastcgi_split_path_info')[0] ?? '');
  const [, name = '', info = ''] = split.exec(path) ?? ['', path];
  const { file, below } = scriptOf(tree);
  if (below === undefined) return [file, info];
  const script = pattern(below).exec(name)?.[1];
  return script === undefined ? null : [file.replace('$cgipool_script', script), info];
}

test('Script= runs for every path below the location, with the rest as PATH_INFO', () => {
  const script = 'Script=/srv/app.php';
  const rows: [location: string, path: string, info: string][] = [
    ['/', '/', '/'],
    ['/', '/a/b.php/c', '/a/b.php/c'],
    ['/shop', '/shop', ''],
    ['/shop', '/shop/', '/'],
    ['/shop', '/shop/a/b', '/a/b'],
    ['/a.b+c', '/a.b+c/d', '/d'],
    ['/shop', '/shop/a\nb', '/a\nb'],
    ['/shop', '/shop/a\n', '/a\n'],
    ['/caf%C3%A9', '/café/d', '/d'],
  ];
  for (const [location, path, info] of rows)
    assert.deepEqual(meaning(location, script, path), ['/srv/app.php', info], `${location} ${path}`);
});

const EXTENSIONS = 'ScriptExtensions=php pl';

test('Root= runs the file that the path names, with the rest as PATH_INFO', () => {
  const rows: [location: string, path: string, file: string, info: string][] = [
    ['/', '/a.php', '/srv/www/a.php', ''],
    ['/', '/d/a.php/b/c', '/srv/www/d/a.php', '/b/c'],
    ['/', '/a.php/b\nc\n', '/srv/www/a.php', '/b\nc\n'],
    ['/', '/a.php/.b/c.php', '/srv/www/a.php', '/.b/c.php'],
    ['/', '/.well-known/a.php', '/srv/www/.well-known/a.php', ''],
    // names of folders with other extensions
    ['/', '/a.jpg/b.php', '/srv/www/a.jpg/b.php', ''],
    ['/', '/a.php.d/b.php', '/srv/www/a.php.d/b.php', ''],
    ['/cgi', '/cgi/a.pl', '/srv/www/a.pl', ''],
    // the first name with an extension: one in PATH_INFO is not run
    ['/cgi', '/cgi/a.pl/b.php', '/srv/www/a.pl', '/b.php'],
    ['/cgi', '/cgi/a.php/b.pl', '/srv/www/a.php', '/b.pl'],
    ['/a.b+c', '/a.b+c/d.php/e', '/srv/www/d.php', '/e'],
  ];
  for (const root of ['Root=/srv/www', 'Root=/srv/www/'])
    for (const [location, path, file, info] of rows)
      assert.deepEqual(
        meaning(location, `${root}\n${EXTENSIONS}`, path),
        [file, info],
        `${location} ${path}`,
      );
});

test('a name with another extension, or below a hidden name, is not a script', () => {
  for (const path of [
    ...[
      '/',
      '/a',
      '/a/',
      '/a.jpg',
      '/a.php.jpg',
      '/a.PHP',
      '/a.php.',
      '/a.php ',
      '/a.php\n',
      '/a.phpx',
      '/aphp',
    ],
    ...[
      '/.env',
      '/.php',
      '/.a.php',
      '/.git/a.php',
      '/a/.git/b.php',
      '/.well-known.php',
      '/.well-known/.a.php',
    ],
    // with merge_slashes off
    ...['//a.php', '/a//b.php', '/php', '/a.pl\n.php\n'],
  ])
    assert.equal(meaning('/cgi', `Root=/srv/www\n${EXTENSIONS}`, `/cgi${path}`), null, path);
  assert.equal(meaning('/', 'Root=/srv/www', '/a.pl'), null, 'php is the default');
  assert.deepEqual(meaning('/', 'Root=/srv/www', '/a.php'), ['/srv/www/a.php', '']);
});

test('special characters of regular expressions in Location= match literally', () => {
  for (const path of ['/aXb+c/d.php', '/a.bbc/d.php', '/a.bb'])
    assert.equal(meaning('/a.b+c', 'Root=/srv/www', path), null, path);
});

test('Root= answers 404 for a missing file without asking the interpreter', () => {
  const checks = all(routesOf('/cgi', 'Root=/srv/www/'), 'if').filter(([words]) => words[1] === '(!-f');
  assert.equal(checks.length, 2);
  for (const [words, block = []] of checks) {
    assert.deepEqual(words, ['if', '(!-f', '/srv/www$cgipool_script)']);
    assert.deepEqual(block, [[['return', '404']]]);
  }
  assert.deepEqual(args(routesOf('/cgi', ''), 'fastcgi_split_path_info'), []);
});

test.run();
