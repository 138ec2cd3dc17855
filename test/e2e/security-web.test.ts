import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { variables } from '../../src/wire/request.ts';
import { machineFor } from '../machine/machine.ts';
import { answersTo, unlike } from './asked.ts';
import { bringExamples } from './examples.ts';
import { bringShop, ELSEWHERE, NOT_FOUND, RUN, SHOP } from './shop.ts';

const test = suite('e2e: what a web server must not serve');

const machine = machineFor(test, 'security-web', async m => {
  await bringExamples(m);
  await m.run('cd /etc/cgipool && rm $(ls | grep -vE "^(cgi|php).pool$")');
  await bringShop(m);
  await m.install('--no-samples');
  for (const pool of ['shop', 'cgi', 'php']) await m.serving(pool, 1, 30);
});

test('the documented PHP pool hands out nothing of its folder but what its scripts print', async () => {
  const m = await machine();
  const wanted = new Map<string, number>([...NOT_FOUND.map(path => [path, 404] as const), ...ELSEWHERE]);
  const found = await answersTo(m, '/shop', [...wanted.keys()]);
  assert.deepEqual(
    unlike(found, path => wanted.get(path)),
    [],
  );
  for (const { path, body } of found) assert.doesNotMatch(body, /EVIL|SECRET|fpm|root:/, path);
});

/** What the probe would ask for. */
const asked = (path: string): Record<string, string> =>
  variables('fastcgi', {
    ...{ path: `/shop${path}`, host: 'localhost', location: '/shop' },
    ...{ root: SHOP, scriptExtensions: ['php'] },
  });

test('it runs those scripts, which the probe names as nginx does', async () => {
  const m = await machine();
  const found = await answersTo(
    m,
    '/shop',
    RUN.map(([path]) => path),
  );
  for (const [i, [path, info]] of RUN.entries()) {
    const { status, body } = found[i] ?? assert.fail();
    assert.equal(status, 200, path);
    const told = JSON.parse(body);
    assert.deepEqual([told.ran, told.PATH_INFO], [told.SCRIPT_FILENAME, info], path);
    for (const name of ['SCRIPT_FILENAME', 'SCRIPT_NAME', 'PATH_INFO', 'DOCUMENT_URI'])
      assert.equal(asked(path)[name], told[name], `${path} ${name}`);
  }
});

/** Programs that somebody left or uploaded beside the scripts. */
const PROGRAMS = [
  ...[
    'evil.jpg',
    'evil',
    '.evil.pl',
    '.git/evil.pl',
    'evil.pl.jpg',
    'evil.PL',
    'folder.pl/evil.pl',
    'evil.php',
  ],
];
const PROGRAM = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nEV'; echo IL # SECRET\n";

test('the example of CGI runs its scripts alone, whatever else may be executed', async () => {
  const m = await machine();
  for (const name of PROGRAMS) await m.write(`/srv/examples/cgi-bin/${name}`, PROGRAM);
  await m.run('chmod -R a+rx /srv/examples/cgi-bin');
  const below = [...PROGRAMS, ...PROGRAMS.map(name => `${name}/echo.pl`)].map(name => `/${name}`);
  const found = await answersTo(m, '/cgi-bin', [
    ...below,
    '/evil.jpg%2fecho.pl',
    '/%2eevil.pl',
    '/none.pl',
    '/',
  ]);
  assert.deepEqual(
    unlike(found, () => 404),
    [],
  );
  for (const { path, body } of found) assert.doesNotMatch(body, /EVIL|SECRET/, path);
  const [good] = await answersTo(m, '/cgi-bin', ['/echo.pl/a/.b']);
  assert.match(good?.body ?? '', /^GET \/cgi-bin\/echo\.pl \+ \/a\/\.b \? $/m);
});

test('the example of PHP runs its one script, whatever lies beside it', async () => {
  const m = await machine();
  const names = ['uploads/evil.jpg', '.env.local', 'evil.php', '.git/config'];
  for (const name of names) await m.write(`/srv/examples/${name}`, "<?php echo 'EV', 'IL'; # SECRET");
  const paths = [...names, 'uploads/evil.jpg/index.php', '%2eenv.local'].map(name => `/${name}`);
  for (const { path, status, body } of await answersTo(m, '/php', paths)) {
    assert.equal(status, 200, path);
    assert.match(body, /^php \d+, production$/m, path);
    assert.doesNotMatch(body, /EVIL|SECRET/, path);
  }
});

test('nginx has nothing to say of the configuration', async () => {
  const m = await machine();
  const { code, err } = await m.attempt('nginx -t -q');
  assert.deepEqual([code, err], [0, '']);
});

test.run();
