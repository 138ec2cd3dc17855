import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { BLANK_HEADERS } from '../../src/model/proxy-headers.ts';
import { variables } from '../../src/wire/request.ts';
import { answersTo, unlike } from './asked.ts';
import { bringExamples } from './examples.ts';
import { machineFor } from './machine-for.ts';
import { bringShop, ELSEWHERE, NOT_FOUND, RUN, SHOP } from './shop.ts';
import { answerOf, bringTold, SPOKEN, setting, toldOf, toldPool } from './told.ts';

const test = suite('e2e: web security');

const machine = machineFor(test, 'security-web', async m => {
  await bringExamples(m);
  await m.run('cd /etc/cgipool && rm $(ls | grep -vE "^(cgi|php).pool$")');
  await bringShop(m);
  await bringTold(m);
  await m.install('--no-samples');
  for (const pool of ['shop', 'cgi', 'php', ...SPOKEN]) await m.serving(pool, 1, 30);
});

test('the documented PHP pool answers 404 for uploads, hidden files and everything else that is not a script', async () => {
  const m = await machine();
  const wanted = new Map<string, number>([...NOT_FOUND.map(path => [path, 404] as const), ...ELSEWHERE]);
  const found = await answersTo(m, '/shop', [...wanted.keys()]);
  assert.deepEqual(
    unlike(found, path => wanted.get(path)),
    [],
  );
  for (const { path, body } of found) assert.doesNotMatch(body, /EVIL|SECRET|fpm|root:/, path);
});

/** The variables that a probe of the path would send. */
const asked = (path: string): Record<string, string> =>
  variables('fastcgi', {
    ...{ path: `/shop${path}`, host: 'localhost', location: '/shop' },
    ...{ root: SHOP, scriptExtensions: ['php'] },
  });

test('the documented PHP pool runs its scripts, with the same variables from nginx and from probes', async () => {
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

/** Programs left or uploaded beside the scripts. */
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

test('the CGI example runs only scripts with its extensions', async () => {
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

test('the PHP example runs only its one script, whatever the path', async () => {
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

const BLANK = Object.values(BLANK_HEADERS).flat();

/** Spellings of a name that programs take for the same header. nginx drops names with underscores by default. */
const SPELLINGS: readonly ((name: string) => string)[] = [
  name => name,
  name => name.toLowerCase(),
  name => name.toUpperCase(),
  name => name.replaceAll('-', '_'),
  name => name.replace(/-(?=[^-]*$)/, '_'),
];

for (const protocol of SPOKEN)
  test(`${protocol}: headers of proxies do not reach the worker from a client, in any spelling`, async () => {
    const m = await machine();
    for (const spelled of SPELLINGS) {
      const lies = Object.fromEntries([...BLANK, 'Proxy', 'X-Real-IP'].map(name => [spelled(name), 'a-lie']));
      const told = await toldOf(m, protocol, { ...lies, 'X-Own': 'kept' });
      assert.equal(told['x-own'], 'kept');
      assert.doesNotMatch(JSON.stringify(told), /a-lie/);
      const names = Object.keys(told).map(name => name.replaceAll('_', '-'));
      assert.deepEqual(
        BLANK.filter(name => names.includes(name.toLowerCase())),
        [],
        spelled('X-Forwarded-Port'),
      );
    }
  });

for (const protocol of SPOKEN)
  test(`${protocol}: X-Accel-Redirect of a worker is ignored and not passed on`, async () => {
    const m = await machine();
    const answer = await answerOf(m, protocol, { 'X-Own': 'mine' }, '/pool-status');
    assert.match(answer, /"x-own": ?"mine"/, answer);
    if (protocol !== 'grpc') assert.doesNotMatch(await m.run('cat /run/head'), /x-accel|pool-status/i);
  });

test('Set= sets a header that would be blank, and AccelRedirect=yes honors X-Accel-Redirect', async () => {
  const m = await machine();
  for (const protocol of SPOKEN)
    await m.pool(protocol, toldPool(protocol, `${setting(protocol, '443')}\nAccelRedirect=yes`));
  await m.run('cgipool install');
  for (const protocol of SPOKEN) {
    const lies = { 'X-Forwarded-Port': '1', 'X-Forwarded-Prefix': '/a-lie' };
    const told = await toldOf(m, protocol, lies);
    assert.deepEqual([told['x-forwarded-port'], told['x-forwarded-prefix']], ['443', undefined], protocol);
    const answer = await answerOf(m, protocol, lies, '/pool-status');
    // a gRPC client cannot read the status page: it gets an error
    assert.match(answer, protocol === 'grpc' ? /^[A-Z_]+$/ : /^\{"version":1,/, protocol);
  }
});

test('nginx -t prints no warning', async () => {
  const m = await machine();
  const { code, err } = await m.attempt('nginx -t -q');
  assert.deepEqual([code, err], [0, '']);
});

test.run();
