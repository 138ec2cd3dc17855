import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import { cgipool, inside, rootWith, snapshot, write } from './cli.ts';

const test = suite('--root follows no link out of the root');

const POOL = '[Pool]\nExec=/bin/sh %i\nPorts=8000\n[Nginx]\nLocation=/a\nSlowLog=1s\n';

/** Every place that install reads or writes: a link of an image in its stead. */
const DIRECTORIES = [
  ...['/etc', '/etc/cgipool', '/etc/nginx', '/etc/nginx/cgipool', '/etc/nginx/conf.d', '/etc/systemd'],
  ...[
    '/etc/systemd/system',
    '/etc/systemd/system/multi-user.target.wants',
    '/etc/systemd/system/nginx.service.d',
  ],
  ...['/etc/sysusers.d', '/etc/tmpfiles.d', '/etc/dbus-1', '/etc/polkit-1/rules.d'],
  ...['/etc/needrestart', '/etc/needrestart/conf.d'],
  ...['/var', '/var/lib', '/var/lib/cgipool', '/bin'],
];

const FILES = [
  ...['/etc/cgipool/a.pool', '/etc/cgipool/cgipool.conf', '/etc/nginx/conf.d/cgipool.conf'],
  ...['/etc/systemd/system/cgipool.service', '/etc/systemd/system/cgipool-a@.service'],
  ...['/etc/systemd/system/multi-user.target.wants/cgipool.service', '/var/lib/cgipool/installed.json'],
  ...['/var/lib/cgipool/manifest.json', '/var/lib/cgipool/secret', '/etc/nginx/cgipool/access.conf'],
];

/** A directory of this machine with what an attacker would like to be read or written. */
function outsideOf(root: string): string {
  const outside = `${root}-outside`;
  write(join(outside, 'manifest.json'), JSON.stringify(['/etc/victim']));
  write(join(outside, 'a.pool'), POOL.replace('/a', '/outside'));
  write(join(outside, 'secret'), 'stolen');
  write(join(outside, 'file'), 'precious');
  return outside;
}

const linked = (root: string, path: string, target: string): void => {
  rmSync(join(root, path), { recursive: true, force: true });
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
};

/** As many as any path here is deep. */
const UP = '../'.repeat(40);

/** Everything below a directory, directories and links too. */
const all = (folder: string): unknown => [
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort(),
  snapshot(folder),
];

async function attacked(path: string, target: (outside: string) => string): Promise<void> {
  const root = rootWith({ 'a.pool': POOL });
  const outside = outsideOf(root);
  linked(root, path, target(outside));
  const before = all(outside);
  for (const command of ['check', 'generate', 'install'])
    for (let time = 0; time < 2; time += 1) {
      const { out } = await inside(command, '--root', root);
      assert.ok(!/outside|stolen|precious/.test(out.replaceAll(root, '')), `${command}: ${out}`);
    }
  assert.deepEqual(all(outside), before, path);
}

for (const path of DIRECTORIES)
  test(`${path} leads elsewhere`, async () => {
    await attacked(path, outside => outside);
    await attacked(path, outside => `${UP}${outside}`);
  });

for (const path of FILES)
  test(`${path} leads elsewhere`, async () => {
    await attacked(path, outside => join(outside, 'file'));
    await attacked(path, outside => `${UP}${outside}/not-there`);
  });

test("an image's own links are followed as it will follow them itself", async () => {
  const root = rootWith({});
  write(join(root, 'srv/pools/a.pool'), POOL);
  linked(root, '/etc/cgipool', '/srv/pools');
  linked(root, '/etc/nginx', '../srv/nginx');
  linked(root, '/bin', '/usr/bin');
  write(join(root, 'usr/bin/sh'), '', 0o755);
  const { code, err } = await inside('install', '--root', root);
  assert.deepEqual([code, err], [0, '']);
  assert.match(readFileSync(join(root, 'srv/nginx/cgipool/locations.conf'), 'utf8'), /cgipool_a/);
  assert.ok(existsSync(join(root, 'etc/systemd/system/cgipool-a@.service')));
});

test('the controller, its timer and its socket start with the image', async () => {
  const root = rootWith({ 'a.pool': POOL });
  await inside('install', '--root', root);
  const units = '/etc/systemd/system';
  for (const [target, unit] of [
    ['multi-user.target', 'cgipool.service'],
    ['dbus.socket', 'cgipool.service'],
    ['timers.target', 'cgipool-autoscale.timer'],
    ['sockets.target', 'cgipool-log.socket'],
  ])
    assert.equal(readlinkSync(join(root, `${units}/${target}.wants/${unit}`)), `${units}/${unit}`);
});

test('a loop of links is an error that names it', async () => {
  const root = rootWith({});
  linked(root, '/etc/cgipool', 'cgipool');
  const { code, err } = await cgipool('install', '--root', root);
  assert.equal(code, 1);
  assert.match(err, /etc\/cgipool: too many levels of symbolic links$/);
});

test('generate --out follows no link out of its directory either', async () => {
  const root = rootWith({ 'a.pool': POOL });
  const [outside, out] = [outsideOf(root), `${root}-out`];
  linked(out, '/etc', outside);
  const before = all(outside);
  await inside('generate', '--root', root, '--out', out);
  assert.deepEqual(all(outside), before);
  assert.ok(existsSync(join(out, outside, 'systemd/system/cgipool-a@.service')));
});

test.run();
