import assert from 'node:assert/strict';
import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import { inside, rootWith, write } from './cli.ts';

const test = suite('what comes of a pool file that not everybody may read');

/** With every kind of unit that a pool may have. */
const pool = (port: number, name: string, more = ''): string => `[Pool]
Exec=/bin/sh %i
Ports=${port}
Listen=fd
Min=0
[Health]
Probe=exec
Command=/bin/sh
[Scale]
External=1
Metric=exec:/bin/sh
[Nginx]
Location=/${name}
${more}[Service]
Environment=PASSWORD=hunter2
`;

const FILES = { 'open.pool': pool(8000, 'open'), 'closed.pool': pool(8001, 'closed') };

function rootWithClosed(files: Record<string, string> = FILES): string {
  const root = rootWith(files);
  chmodSync(join(root, 'etc/cgipool/closed.pool'), 0o640);
  return root;
}

/** The files below a directory that not everybody may read, and their modes. */
function closed(below: string): Record<string, string> {
  const entries = readdirSync(below, { recursive: true, withFileTypes: true }).filter(e => e.isFile());
  const paths = entries.map(entry => join(entry.parentPath, entry.name)).sort();
  const modes = paths.map(path => [relative(below, path), (statSync(path).mode & 0o777).toString(8)]);
  return Object.fromEntries(modes.filter(([, mode = '']) => !/[4-7]$/.test(mode)));
}

const UNITS = [
  ...['cgipool-closed.metric.service', 'cgipool-closed.probe@.service', 'cgipool-closed.slice'],
  ...['cgipool-closed.wake.service', 'cgipool-closed.wake.socket', 'cgipool-closed@.service'],
  'cgipool-closed@.socket',
].map(name => `etc/systemd/system/${name}`);
const ROUTED = ['etc/nginx/cgipool/locations.conf', ...UNITS];
/** Of any pool. */
const ALWAYS = {
  'etc/nginx/cgipool/access.conf': '600',
  'var/lib/cgipool/installed.json': '640',
  'var/lib/cgipool/snapshots.json': '600',
};

const private600 = (paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map(path => [path, '600']));

test('its units and the routes are for root alone, and those of other pools for everybody', async () => {
  const root = rootWithClosed();
  assert.equal((await inside('install', '--root', root)).code, 0);
  const expected = { ...private600(ROUTED), ...ALWAYS, 'etc/cgipool/closed.pool': '640' };
  assert.deepEqual(closed(root), expected);
});

test('a change of mode alone is shown and applied, in both directions', async () => {
  const root = rootWith(FILES);
  await inside('install', '--root', root);
  const file = join(root, 'etc/cgipool/closed.pool');
  for (const [mode, shown, wanted] of [
    [0o600, '600', { ...private600(ROUTED), ...ALWAYS, 'etc/cgipool/closed.pool': '600' }],
    [0o644, '644', ALWAYS],
  ] as const) {
    chmodSync(file, mode);
    const changes = ROUTED.map(path => `~ /${path} (mode 0${shown})`).sort();
    const dry = await inside('install', '--root', root, '--dry-run');
    assert.equal(dry.out, [...changes, `${ROUTED.length} files would change (dry run)`].join('\n'));
    const before = statSync(join(root, UNITS[0] ?? '')).mtimeMs;
    assert.equal((await inside('install', '--root', root)).out, changes.join('\n'));
    assert.deepEqual(closed(root), wanted);
    assert.equal(statSync(join(root, UNITS[0] ?? '')).mtimeMs, before, 'systemd need not read it again');
    assert.equal((await inside('install', '--root', root)).out, 'nothing to change');
  }
});

test('a file that cannot be read now leaves the modes as they were', async () => {
  const root = rootWithClosed();
  await inside('install', '--root', root);
  const before = closed(root);
  const file = join(root, 'etc/cgipool/closed.pool');
  rmSync(file);
  write(join(file, 'a-directory-in-its-place'), '');
  const { code, out } = await inside('install', '--root', root);
  assert.deepEqual([code, out], [2, 'nothing to change']);
  assert.deepEqual(
    closed(root),
    Object.fromEntries(Object.entries(before).filter(([p]) => !p.endsWith('.pool'))),
  );
});

test('a pool without a route closes no routes', async () => {
  const root = rootWithClosed({ ...FILES, 'closed.pool': '[Pool]\nExec=/bin/sh\nPorts=8001\n' });
  await inside('install', '--root', root);
  assert.ok(!Object.hasOwn(closed(root), 'etc/nginx/cgipool/locations.conf'));
  assert.ok(Object.hasOwn(closed(root), 'etc/systemd/system/cgipool-closed@.service'));
});

test('generate --out writes the same modes', async () => {
  const root = rootWithClosed();
  const out = `${root}-out`;
  const wanted = private600([...ROUTED, 'etc/nginx/cgipool/access.conf']);
  await inside('generate', '--root', root, '--out', out);
  assert.deepEqual(closed(out), wanted);
  chmodSync(join(root, 'etc/cgipool/closed.pool'), 0o644);
  await inside('generate', '--root', root, '--out', out);
  assert.deepEqual(closed(out), private600(['etc/nginx/cgipool/access.conf']));
});

test('a pool file that is restored by --rollback is closed as the one before', async () => {
  const root = rootWithClosed();
  await inside('install', '--root', root);
  const file = join(root, 'etc/cgipool/closed.pool');
  write(file, FILES['closed.pool'].replace('hunter2', 'hunter3'));
  await inside('install', '--root', root);
  await inside('install', '--root', root, '--rollback', 'closed');
  for (const path of [file, `${file}.rejected`]) assert.equal(statSync(path).mode & 0o777, 0o640);
});

test.run();
