import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: the README');
const machine = machineFor(test, 'readme', m => m.run('./install.sh --no-samples'));

/** The commands in the chapter on a first pool. */
function firstPool(): string {
  const readme = readFileSync('README.md', 'utf8');
  const [, commands = ''] = /^## A first pool$.*?^```sh\n(.*?)^```$/ms.exec(readme) ?? [];
  assert.match(commands, /^sudo cgipool install\ncurl /m);
  return commands;
}

test('the first pool of the README serves with only its commands', async () => {
  const m = await machine();
  // the machine has no sudo, only root
  const said = await m.run(`sudo() { "$@"; }; set -e; export PATH="/usr/local/bin:$PATH"; ${firstPool()}`);
  assert.match(said, /^hello: 1 of 1 healthy$/m);
  const pid = /^hello from (\d+)$/m.exec(said)?.[1];
  assert.equal(await m.run('systemctl show -P MainPID cgipool-hello@8200.service'), pid);
});

test("systemd's tools show the first pool as the README says", async () => {
  const m = await machine();
  const status = await m.run("systemctl status --no-pager 'cgipool-hello@*'");
  assert.match(status, /cgipool-hello@8200\.service - hello pool \(slot 8200\)/);
  assert.match(await m.run("journalctl --no-pager -u 'cgipool-hello@*'"), /cgipool-hello@8200\.service/);
});

test("an administrator's server block routes to the first pool of the README", async () => {
  const m = await machine();
  await m.write(
    '/etc/nginx/conf.d/mine.conf',
    'server { listen 127.0.0.1:8088; include /etc/nginx/cgipool/locations.conf; }\n',
  );
  await m.run('nginx -t -q && systemctl reload nginx');
  assert.match(await m.await('curl -sf http://127.0.0.1:8088/hello'), /^hello from \d+$/);
});

test('docs/status.md matches status --json and why --json', async () => {
  const m = await machine();
  const docs = readFileSync('docs/status.md', 'utf8');
  const keys = (value: unknown): string[] =>
    value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => [
          ...(Array.isArray(value) ? [] : [key]),
          ...keys(inner),
        ])
      : [];
  const why = await m.await(`cgipool why --json | grep -q '"rule"' && cgipool why --json`);
  const all = new Set([...keys(JSON.parse(await m.run('cgipool status --json'))), ...keys(JSON.parse(why))]);
  assert.ok(all.size > 30, [...all].join(' '));
  for (const key of all) assert.ok(docs.includes(`| \`${key}\` |`), key);
});

test('cgipool uninstall keeps pool files, and removes an empty /etc/cgipool', async () => {
  const m = await machine();
  // it includes our routes, so uninstall would refuse
  await m.run('rm /etc/nginx/conf.d/mine.conf');
  assert.match(await m.run('cgipool uninstall'), /your pool files remain in \/etc\/cgipool/);
  assert.equal(await m.run('ls /etc/cgipool'), 'hello.pool');
  await m.run('./install.sh --no-samples && rm /etc/cgipool/hello.pool && cgipool uninstall');
  assert.equal((await m.attempt('ls -d /etc/cgipool')).out, '');
});

test.run();
