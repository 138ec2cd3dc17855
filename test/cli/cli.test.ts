import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import { cgipool as declared } from '../../src/cli/program.ts';
import { cgipool, inside, onTerminal, rootWith, snapshot, write } from './cli.ts';

const test = suite('command line');

const pool = (ports: string, location: string, exec = '/bin/sh %i'): string =>
  `[Pool]\nExec=${exec}\nPorts=${ports}\n[Nginx]\nLocation=${location}\n`;

const GOOD = { 'a.pool': pool('8000-8001', '/a'), 'b-c.pool': pool('8100', '/b') };
const BAD = { 'x.pool': '[Pool]\nExec=sh\nPorts=1-0\nMni=2\n', 'y.pool': '[Pool]\nPorts=8000\n[Nope]\n' };

test('the help of every command has examples of that command', () => {
  const { commands } = declared();
  assert.ok(commands.length > 10);
  for (const command of commands) {
    let help = '';
    command.configureOutput({ writeOut: text => (help += text) }).outputHelp();
    assert.match(help, /\nExamples:\n {2}\S/, command.name());
    for (const example of help.slice(help.indexOf('Examples:')).matchAll(/cgipool (\w+)/g))
      assert.equal(example[1], command.name());
  }
});

test('--version is that of package.json, from the bundle and from the checkout', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const bundled = await cgipool('--version');
  const checkout = await execa('node', ['--import', 'tsx', 'src/cli/main.ts', '--version']);
  assert.deepEqual([bundled.code, bundled.out, checkout.stdout], [0, version, version]);
});

test('the exit status is 0 on success, 1 on failure, 2 on wrong usage or a mistake in a pool file', async () => {
  const root = rootWith({ ...GOOD, ...BAD });
  const rows: [code: number, message: RegExp, ...args: string[]][] = [
    [0, /^$/, '--help'],
    [0, /^$/, 'check', '--help'],
    [2, /Usage: cgipool/],
    [2, /unknown command 'chekc'\n.*check/, 'chekc'],
    [2, /missing required argument 'spec'/, 'scale', 'a'],
    [2, /too many arguments/, 'stop', 'a', 'b'],
    [2, /A_b is not a valid pool name/, 'logs', 'A_b'],
    [2, /A_b is not a valid pool name/, 'describe', 'A_b'],
    [2, /there is no valid pool z in .*etc\/cgipool/, 'generate', 'z', '--root', root],
    [1, /no D-Bus system bus .*is dbus running\?/, 'status'],
    [1, /no D-Bus system bus/, 'scale', 'a', '3'],
  ];
  const ran = await Promise.all(rows.map(([, , ...args]) => cgipool(...args)));
  for (const [i, [code, message, ...args]] of rows.entries()) {
    assert.equal(ran[i]?.code, code, args.join(' '));
    assert.match(ran[i]?.err ?? '', message, args.join(' '));
    assert.doesNotMatch(ran[i]?.err ?? '', /\n +at |undefined/, 'no stack');
  }
});

test('check prints every mistake of every file in one run, with file and line', async () => {
  const root = rootWith({ ...GOOD, ...BAD });
  const { code, out, err } = await cgipool('check', '--root', root);
  const lines = err.replaceAll(`${root}/etc/cgipool/`, '').split('\n');
  const places = lines.slice(0, -1).map(line => /^([xy]\.pool(?::\d+)?): \S/.exec(line)?.[1]);
  assert.deepEqual(places, ['x.pool:2', 'x.pool:3', 'x.pool:4', 'y.pool', 'y.pool:2', 'y.pool:3']);
  assert.equal(lines.at(-1), 'cgipool: 6 mistakes');
  assert.deepEqual([code, out], [2, '']);
});

test('check names the valid pools, and warns of a missing program', async () => {
  const root = rootWith({ ...GOOD, 'd.pool': pool('9000', '/d', '/nowhere/d %i') });
  const { code, out, err } = await inside('check', '--root', root);
  assert.deepEqual([code, out.split('\n')[0]], [0, '3 valid pools: a, b-c, d']);
  assert.match(err, /^warning: d\.pool: \/nowhere\/d is not an executable file: .*Exec=$/);
});

test('what is no regular file of a sensible size is a mistake like any other, and holds nothing up', async () => {
  const root = rootWith({ ...GOOD, 'huge.pool': `#${'x'.repeat(1024 * 1024)}\n` });
  const folder = join(root, 'etc/cgipool');
  await execa('mkfifo', [join(folder, 'fifo.pool')]);
  symlinkSync('/dev/zero', join(folder, 'zero.pool'));
  mkdirSync(join(folder, 'folder.pool'));
  const { code, out, err } = await cgipool('check', ...readdirSync(folder).map(name => join(folder, name)));
  assert.deepEqual([code, out], [2, '']);
  assert.deepEqual(err.replaceAll(`${folder}/`, '').split('\n'), [
    'fifo.pool: not a regular file: replace it by one',
    'folder.pool: it is a directory: replace it by a file',
    'huge.pool: larger than 1 MB: move long parts to files of their own',
    'zero.pool: not a regular file: replace it by one',
    'cgipool: 4 mistakes',
  ]);
});

test('check warns of a file of Metric= that the sandbox of the controller hides', async () => {
  const named = [
    '/run/jobs',
    '/home/jobs',
    '/tmp/x/y',
    '/var/tmp/x',
    '/srv/run/jobs',
    '/var/lib/jobs',
    '/runs/x',
  ];
  const root = rootWith(
    Object.fromEntries(
      named.map((path, i) => [
        `p${i}.pool`,
        `${pool(`${8000 + i}`, `/p${i}`)}[Scale]\nExternal=1\nMetric=file:${path}\n`,
      ]),
    ),
  );
  const { code, err } = await inside('check', '--root', root);
  assert.equal(code, 0);
  assert.deepEqual(
    err.split('\n').map(line => /Metric=file:(\S+) is hidden from the controller/.exec(line)?.[1]),
    named.slice(0, 4),
  );
});

test('check and install warn of secrets that systemd shows to everybody, and do not show them themselves', async () => {
  const root = rootWith({
    'a.pool': `${pool('8000', '/a')}[Service]\nEnvironment=A=1\nEnvironment=DB_PASSWORD=hunter2\nSetCredential=x:hunter2\n`,
  });
  for (const command of ['check', 'install']) {
    const { code, out, err } = await inside(command, '--root', root);
    assert.equal(code, 0);
    assert.match(
      err,
      /^warning: a\.pool:8: Environment= shows DB_PASSWORD to every user, .*\nwarning: a\.pool:9: SetC/,
    );
    assert.doesNotMatch(out + err, /hunter2/);
  }
  const { warnings } = JSON.parse((await inside('check', '--json', '--root', root)).out);
  assert.equal(warnings.length, 2);
});

test('check FILE reads no other pool files', async () => {
  const root = rootWith({ ...GOOD, ...BAD });
  const { code, out, err } = await inside('check', join(root, 'etc/cgipool/a.pool'));
  assert.deepEqual([code, out.split('\n')[0], err], [0, '1 valid pool: a', '']);
  assert.match(out, /^open to all local users past nginx .*: a 127\.0\.0\.1:\d+(-\d+)?$/m);
});

test('check --json prints its schema with and without mistakes', async () => {
  const good = await inside('check', '--json', '--root', rootWith(GOOD));
  const bad = await inside('check', '--json', '--root', rootWith(BAD));
  const { exposure, openPorts, ...rest } = JSON.parse(good.out);
  assert.ok(Object.keys(openPorts).length > 0);
  assert.deepEqual(rest, { version: 1, problems: [], warnings: [] });
  // empty when there is no systemd to ask
  for (const level of Object.values(exposure)) assert.ok(Number(level) > 0 && Number(level) <= 2);
  const { version, problems, warnings } = JSON.parse(bad.out);
  assert.deepEqual([good.code, bad.code, version, problems.length, warnings], [0, 2, 1, 5, []]);
  for (const problem of problems) assert.deepEqual(Object.keys(problem), ['file', 'line', 'message']);
});

const sections = (out: string): string[] => [...out.matchAll(/^# (\/\S+)$/gm)].map(([, path = '']) => path);

test('generate prints the files of all valid pools or of one, even if others have mistakes', async () => {
  const units = '/etc/systemd/system/cgipool';
  const filesOf = (pool: string, slice: string): string[] =>
    [`${pool}@.service`, `${slice}.slice`, `${pool}@.service.d/ports.conf`].map(name => `${units}-${name}`);
  const all = await inside('generate', '--root', rootWith(GOOD));
  const one = await inside('generate', 'b-c', '--root', rootWith(GOOD));
  const some = await inside('generate', 'a', '--root', rootWith({ ...GOOD, ...BAD }));
  assert.equal(all.code, 0);
  for (const path of [`${units}-a@.service`, `${units}.service`, '/etc/nginx/cgipool/upstreams.conf'])
    assert.ok(sections(all.out).includes(path), path);
  assert.deepEqual([one.code, sections(one.out)], [0, filesOf('b-c', 'b\\x2dc')]);
  assert.deepEqual([some.code, sections(some.out)], [2, filesOf('a', 'a')]);
  assert.match(some.err, /x\.pool:2: /);
});

test('generate --out writes what generate prints, and changes nothing else', async () => {
  const root = rootWith(GOOD);
  const out = `${root}-out`;
  write(join(out, 'mine'), 'stays');
  const [before, mine] = [snapshot(root), snapshot(out)];
  const printed = await inside('generate', '--root', root);
  const written = await inside('generate', '--root', root, '--out', out);
  assert.deepEqual(written, { code: 0, out: '', err: '' });
  const after = snapshot(out);
  assert.deepEqual(Object.keys(after).sort(), [...sections(printed.out), '/mine'].sort());
  for (const [path, { text }] of Object.entries(after).filter(([path]) => path !== '/mine'))
    assert.ok(`${printed.out}\n`.includes(`# ${path}\n${text}`), path);
  assert.deepEqual([snapshot(root), after['/mine']], [before, mine['/mine']]);
  await inside('generate', '--root', root, '--out', out);
  assert.deepEqual(snapshot(out), after, 'identical files are left alone');
});

test('install --root applies the pool files to a folder, and --dry-run only prints the changes', async () => {
  const root = rootWith(GOOD);
  const before = snapshot(root);
  const install = (...more: string[]): ReturnType<typeof inside> =>
    inside('install', '--root', root, ...more);
  const dry = await install('--dry-run');
  assert.match(dry.out, /\n\d+ files would change \(dry run\)$/);
  assert.deepEqual(snapshot(root), before);
  const first = await install();
  const files = (out: string): string[] => out.split('\n').filter(line => /^[+~-] \//.test(line));
  assert.ok(files(dry.out).length > 10);
  assert.deepEqual([first.code, first.out], [0, files(dry.out).join('\n')]);
  const installed = snapshot(root);
  assert.deepEqual(await install(), { code: 0, out: 'nothing to change', err: '' });
  assert.deepEqual(snapshot(root), installed);
});

test('install --root applies changed pool files, and pools with mistakes keep their configuration', async () => {
  const root = rootWith(GOOD);
  await inside('install', '--root', root);
  write(join(root, 'etc/cgipool/a.pool'), '[Pool]\nExec=sh\n');
  write(join(root, 'etc/cgipool/b-c.pool'), pool('8100-8101', '/b', '/bin/dash %i'));
  const { code, out, err } = await inside('install', '--root', root);
  assert.deepEqual(
    [code, out],
    [
      2,
      '~ /etc/polkit-1/rules.d/50-cgipool.rules\n~ /etc/systemd/system/cgipool-b-c@.service\n~ /etc/systemd/system/cgipool-b-c@.service.d/ports.conf',
    ],
  );
  assert.match(err, /a\.pool:2: .*\n.*cgipool: pools with mistakes keep their installed configuration$/s);
  assert.match(
    snapshot(root)['/etc/systemd/system/cgipool-a@.service']?.text ?? '',
    /ExecStart=\/bin\/sh %i/,
  );
});

test('output is coloured only on a terminal and without NO_COLOR', async () => {
  const root = rootWith(BAD);
  const file = join(root, 'errors');
  const colour = String.fromCharCode(27);
  const check = `$cgipool check --root ${root}`;
  const [seen, plain, apart] = await Promise.all([
    onTerminal(check),
    onTerminal(check, { NO_COLOR: '1' }),
    onTerminal(`${check} 2>${file}; cat ${file}`),
  ]);
  for (const text of [seen, plain, apart]) assert.match(text, /x\.pool:2: /);
  assert.ok(seen.includes(`${colour}[31m`));
  assert.ok(!plain.includes(colour), 'NO_COLOR');
  assert.ok(!apart.includes(colour), 'errors in a file');
  assert.ok(!(await cgipool('check', '--root', root)).err.includes(colour), 'a pipe');
});

test.run();
