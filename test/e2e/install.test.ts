import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addRude, askSlowly, slowAnswer } from './rude.ts';
import { stamps } from './traces.ts';

const test = suite('e2e: install');
/** A checkout that the tests may change, with timestamps as after a build. */
const machine = machineFor(test, 'install', m =>
  m.run(`mkdir -p /srv/src/tools
    cp -a install.sh build.mjs package.json package-lock.json src dist units nginx services /srv/src/
    cp -a tools/deps.sh /srv/src/tools/`),
);

const INSTALL = 'cd /srv/src && ./install.sh';
const pool = (location: string, ports: string, more = ''): string =>
  `[Pool]\nExec=/usr/bin/python3 -m http.server --bind 127.0.0.1 %i\nPorts=${ports}\n${more}[Nginx]\nLocation=${location}\n`;
const controllerPid = (m: Machine): Promise<string> => m.run('systemctl show -P MainPID cgipool.service');
const workers = async (m: Machine, name: string): Promise<number[]> =>
  (await m.poolStatus(name)).instances.map(i => i.pid).sort();
/** The serving processes: a restart changes the first, a reload the children. */
const nginxPids = (m: Machine): Promise<string> => m.run('pgrep -x nginx | sort');
const statusOf = (path: string): string => `curl -s -o /dev/null -w '%{http_code}' localhost${path}`;

const AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
const OLD_NODE = '#!/bin/sh\n[ "$1" = --version ] && { echo v18.19.0; exit; }\nexit 1\n';

/** What install.sh refuses: a command before it, options, exit status, the first line of stderr. */
const REFUSED: [string, string, string, number, RegExp][] = [
  ['another user', AS_NOBODY, '', 1, /^install\.sh: this changes the system: use sudo \.\/install\.sh$/],
  [
    'an old Node',
    'PATH="/srv/old:$PATH"',
    '',
    1,
    /^install\.sh: \/srv\/old\/node is v18\.19\.0, which is too old/,
  ],
  ['no Node', 'PATH=/srv/none:/srv/bare', '', 1, /^install\.sh: node is not installed/],
  [
    'a Node for one user',
    'PATH="/root/bin:$PATH"',
    '',
    1,
    /^install\.sh: \/root\/bin\/node is for one user only/,
  ],
  ['an old systemd', 'PATH="/srv/oldctl:$PATH"', '', 1, /^install\.sh: systemd 249 is too old/],
  [
    'no systemd',
    `unshare -m sh -c 'mount -t tmpfs tmpfs /run/systemd; exec ./install.sh'; :`,
    '',
    1,
    /^install\.sh: systemd is not running here/,
  ],
  ['an unknown option', '', '--what', 2, /^install\.sh: unknown option: --what$/],
  ['an option without its value', '', '--prefix', 2, /^install\.sh: --prefix needs a directory$/],
  ['a relative prefix', '', '--prefix opt', 2, /^install\.sh: --prefix opt: must be an absolute path$/],
  [
    'a prefix that units cannot have',
    '',
    `--prefix '/opt/a"b'`,
    2,
    /^install\.sh: --prefix \/opt\/a"b: must not contain quotes/,
  ],
  [
    'a prefix that the controller cannot read',
    '',
    '--prefix /root/x',
    1,
    /^install\.sh: --prefix \/root\/x: the controller/,
  ],
];

test('install.sh fails with a one-line message before it changes anything', async () => {
  const m = await machine();
  await m.write('/srv/old/node', OLD_NODE);
  await m.write('/srv/oldctl/systemctl', '#!/bin/sh\necho "systemd 249 (249.11)"\n');
  await m.run(`chmod 755 /srv/old/node /srv/oldctl/systemctl; mkdir -p /root/bin /srv/none /srv/bare
    cp "$(command -v node)" /root/bin/node
    for tool in sh id dirname sed systemctl cat; do ln -s "$(command -v $tool)" /srv/bare/; done`);
  const changed = await stamps(m);
  for (const [name, wrap, options, code, words] of REFUSED) {
    const command = wrap.includes('./install.sh')
      ? wrap.replace(/; :$/, '')
      : `env ${wrap} ./install.sh ${options}`;
    const ran = await m.attempt(
      `cd /srv/src && ${wrap.startsWith('setpriv') ? `${wrap} ./install.sh` : command}`,
    );
    assert.equal(ran.code, code, `${name}: ${ran.err}`);
    assert.match(ran.err.split('\n')[0] ?? '', words, name);
    if (code === 1) assert.equal(ran.err.split('\n').length, 1, `${name}: ${ran.err}`);
  }
  assert.equal(await changed(), '');
});

test('a first install.sh brings the pools up and keeps an existing pool file', async () => {
  const m = await machine();
  const own = pool('/api/search', '8000-8009', 'Min=1\n');
  await m.pool('search', own);
  const said = await m.run(INSTALL);
  assert.doesNotMatch(said, /added the sample pool .*search/);
  assert.match(said, /added the sample pool \/etc\/cgipool\/auth\.pool/);
  assert.equal(await m.run('cat /etc/cgipool/search.pool'), own.trim());
  const version = 'node -p "require(\'/usr/local/lib/cgipool/package.json\').version"';
  assert.equal(await m.run('cgipool --version'), await m.run(version));
  await m.serving('search', 1);
  await m.serving('auth', 1);
});

test('a second install.sh changes, restarts and reloads nothing', async () => {
  const m = await machine();
  const changed = await stamps(m);
  const state = async (): Promise<unknown> => [
    await controllerPid(m),
    await nginxPids(m),
    await workers(m, 'auth'),
  ];
  const before = await state();
  assert.match(await m.run(INSTALL), /^nothing to change$/m);
  assert.equal(await changed(), '');
  assert.deepEqual(await state(), before);
});

test('a sample pool that was removed does not come back with an update', async () => {
  const m = await machine();
  await m.run(`rm /etc/cgipool/search.pool; ${INSTALL}`);
  assert.equal(await m.run('ls /etc/cgipool'), 'auth.pool');
});

test('an update restarts the controller once and no worker, with and without samples', async () => {
  const m = await machine();
  const [pid, before] = [await controllerPid(m), await workers(m, 'auth')];
  await m.run('echo "// new" >>/srv/src/dist/cgipool.mjs; touch -d "+1 sec" /srv/src/dist/cgipool.mjs');
  const since = await m.mark();
  assert.match(await m.run(`${INSTALL} --no-samples`), /installed the program in/);
  assert.notEqual(await controllerPid(m), pid);
  assert.equal(await m.run(`journalctl -u cgipool.service ${since} -o cat | grep -c '^controlling'`), '1');
  assert.deepEqual(await workers(m, 'auth'), before);
  await m.run('systemctl restart "cgipool-auth@*"');
  await m.serving('auth', 1);
});

/** Removes fields that earlier versions did not record. Returns the revisions. */
const CHANGED_AT = 'console.log(JSON.stringify(r.pools.map(p => [p.pool.name, p.revision])))';
const OLDER =
  'delete r.site.machine; for (const { pool } of r.pools) delete pool.activated, delete pool.nginx.weight;';
const onRecord = (m: Machine, code: string): Promise<string> =>
  m.run(
    'node -',
    `const fs = require('fs'); const path = '/var/lib/cgipool/installed.json';
    const r = JSON.parse(fs.readFileSync(path, 'utf8')); ${code}; fs.writeFileSync(path, JSON.stringify(r));`,
  );

test('an update from a version with an older record restarts no pool', async () => {
  const m = await machine();
  const [texts, before] = [await onRecord(m, CHANGED_AT), await workers(m, 'auth')];
  await onRecord(m, OLDER);
  await m.pool('later', pool('/later', '8240-8249'));
  await m.run('cgipool install');
  // by then the controller has read the new record
  await m.serving('later', 1);
  assert.deepEqual(await workers(m, 'auth'), before);
  await m.run('rm /etc/cgipool/later.pool; cgipool install');
  assert.equal(await onRecord(m, CHANGED_AT), texts);
  assert.equal(await onRecord(m, 'console.log(r.site.machine !== undefined)'), 'true');
});

test('cgipool install --dry-run lists what would be added, changed and removed, and changes nothing', async () => {
  const m = await machine();
  await m.pool('kept', pool('/kept', '8200-8209'));
  await m.pool('gone', pool('/gone', '8210-8219'));
  await m.run('cgipool install');
  await m.pool('kept', pool('/kept', '8200-8209', 'Description=Another\n'));
  await m.pool('new', pool('/new', '8220-8229'));
  await m.run('rm /etc/cgipool/gone.pool');
  const changed = await stamps(m);
  const said = await m.run('cgipool install --dry-run');
  assert.equal(await changed(), '');
  const units = '/etc/systemd/system/cgipool-';
  for (const line of [`~ ${units}kept@.service`, `+ ${units}new@.service`, `- ${units}gone@.service`])
    assert.ok(said.split('\n').includes(line), `${line}\n${said}`);
  assert.match(said, /^\d+ files would change \(dry run\)$/m);
  assert.equal(
    await m.run(statusOf('/gone/')),
    '404',
    'the pool is still there; its worker has no such file',
  );
});

test('a removed pool loses its units, its route and its instances', async () => {
  const m = await machine();
  await m.run('cgipool install');
  await m.await('! systemctl list-units --all --plain --no-legend "cgipool-gone@*" | grep .');
  assert.equal(await m.run('ls /etc/systemd/system | grep gone || :'), '');
  assert.equal(await m.run('grep -rc gone /etc/nginx/cgipool | grep -v :0 || :'), '');
  await m.serving('new', 1);
});

test('a removed pool answers its requests in flight', async () => {
  const m = await machine();
  await addRude(m);
  await m.run('cgipool install');
  await m.serving('rude', 1);
  await askSlowly(m);
  await m.run('rm /etc/cgipool/rude.pool; cgipool install');
  assert.equal(await slowAnswer(m), 'whole 200');
  await m.await('! systemctl list-units --all --plain --no-legend "cgipool-rude@*" | grep .');
});

test('cgipool install requires root', async () => {
  const m = await machine();
  const dry = await m.attempt(`${AS_NOBODY} cgipool install --dry-run`);
  assert.equal(
    dry.err,
    'cgipool: cgipool install --dry-run reads files that only root can read: use sudo cgipool install --dry-run',
  );
  const ran = await m.attempt(`${AS_NOBODY} cgipool install`);
  assert.deepEqual(
    [ran.code, ran.err],
    [1, 'cgipool: cgipool install changes the system: use sudo cgipool install'],
  );
});

test('a pool with a mistake keeps serving as installed, and good pools are installed', async () => {
  const m = await machine();
  await m.pool('kept', pool('/kept', '8200-8209', 'Mni=1\n'));
  await m.pool('good', pool('/good', '8230-8239'));
  await m.run(
    'mkdir /etc/cgipool/new.pool.d; mv /etc/cgipool/new.pool /srv/; ln -s /srv/nowhere /etc/cgipool/new.pool',
  );
  const ran = await m.attempt('cgipool install');
  assert.equal(ran.code, 2);
  assert.match(ran.err, /^\/etc\/cgipool\/kept\.pool:4: .*Mni/m);
  assert.match(ran.err, /^\/etc\/cgipool\/new\.pool: no such file: fix/m);
  for (const name of ['kept', 'good', 'new']) await m.serving(name, 1);
  await m.run(
    'rm /etc/cgipool/new.pool /etc/cgipool/kept.pool; rmdir /etc/cgipool/new.pool.d; mv /srv/new.pool /etc/cgipool/',
  );
});

test('with a mistake in cgipool.conf the site stays as installed', async () => {
  const m = await machine();
  await m.write('/etc/cgipool/cgipool.conf', '[Nginx]\nListen=8081\n');
  await m.run('cgipool install');
  await m.write('/etc/cgipool/cgipool.conf', '[Nginx]\nListen=80810\n');
  const ran = await m.attempt('cgipool install');
  assert.equal(ran.code, 2);
  assert.match(ran.err, /^\/etc\/cgipool\/cgipool\.conf:2: /m);
  assert.match(await m.run('curl -s localhost:8081/pool-status'), /"good"/);
  await m.run('rm /etc/cgipool/cgipool.conf; cgipool install');
});

test('cgipool install --root writes below DIR only, and systemd-analyze verify accepts its units', async () => {
  const m = await machine();
  await m.run('mkdir -p /srv/image/etc/cgipool; cp /etc/cgipool/good.pool /srv/image/etc/cgipool/');
  const changed = await stamps(m);
  const ran = await m.attempt('cgipool install --root /srv/image');
  assert.equal(ran.code, 0);
  assert.equal(
    ran.err,
    'warning: good.pool: /usr/bin/python3 is not an executable file: install it or fix Exec=',
  );
  assert.equal(await changed(), '');
  const verify = 'systemd-analyze verify --man=no --recursive-errors=yes';
  const units = '/srv/image/etc/systemd/system/cgipool*.{service,timer,slice}';
  assert.deepEqual(await m.attempt(`${verify} ${units}`), { code: 0, out: '', err: '' });
});

test('an image made with cgipool install --root serves when it boots', async () => {
  const m = await machine();
  await m.run(`cgipool uninstall; mkdir /mnt/image; mount --bind / /mnt/image
    cgipool install --root /mnt/image; systemctl enable nginx 2>/dev/null`);
  assert.equal((await m.attempt('systemctl is-active cgipool.service')).out, 'inactive');
  await m.reboot();
  await m.await('cgipool status');
  await m.serving('good', 1);
  assert.equal(await m.run(statusOf('/good')), '404');
  assert.equal(await m.run('systemctl --failed --no-legend'), '');
  assert.match(await m.run('cgipool install'), /^nothing to change$/m);
});

test('install.sh --prefix accepts a path with a blank', async () => {
  const m = await machine();
  await m.run('cgipool uninstall --purge');
  const said = await m.run(`${INSTALL} --prefix '/opt/my pools/'`);
  assert.match(said, /^install\.sh: done: '\/opt\/my pools\/bin\/cgipool' status$/m);
  assert.match(
    await m.run('systemctl cat cgipool.service'),
    /"\/opt\/my pools\/lib\/cgipool\/cgipool\.mjs" controller/,
  );
  assert.doesNotMatch(await m.run(`'/opt/my pools/bin/cgipool' check 2>&1`), /warning/);
  await m.await(`[ $(${statusOf("'/api/search?q=a'")})$(${statusOf("'/api/auth?user=a'")}) = 200200 ]`);
  await m.run(`'/opt/my pools/bin/cgipool' uninstall --purge`);
  assert.equal(await m.run("find '/opt/my pools' -type f"), '');
});

test.run();
