import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { parseInstalled } from '../../src/model/installed.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { certify } from './authority.ts';
import { bringEcho, echoPool, statusOf } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: a pool that nginx or systemd refuses');

const CONF_D = '/etc/nginx/conf.d';
const ZONE = `${CONF_D}/zone.conf`;
const MISTAKES = 2;

/** What an install says that finds mistakes, and installs the rest. */
async function mistakes(m: Machine): Promise<string> {
  const { code: exit, err } = await m.attempt('cgipool install');
  assert.equal(exit, MISTAKES, err);
  return err;
}

/** The pool under test; `more` begins at line 11 of the file. */
const shop = (more: string, ports = '8010-8013'): string =>
  echoPool({ ports, max: 2, location: '/shop', nginx: more });
const other = (location: string, ports: string): string => echoPool({ ports, max: 2, location });

const machine = machineFor(test, 'isolation', async m => {
  await bringEcho(m);
  await certify(m);
  await m.write(ZONE, 'limit_req_zone $server_name zone=shop:64k rate=1000r/s;\n');
  await m.pool('good', other('/good', '8000-8003'));
  await m.pool('shop', shop('Set=add_header X-Shop one'));
  await m.install('--no-samples');
  for (const name of ['good', 'shop']) await m.serving(name, 1);
});

/** As at first: each test is to fail by itself. */
async function fresh(more = 'Set=add_header X-Shop one'): Promise<Machine> {
  const m = await machine();
  await m.run(`cd /etc/cgipool; rm -f cgipool.conf $(ls | grep -vx good.pool) ${CONF_D}/theirs.conf`);
  await m.pool('shop', shop(more));
  await m.run('cgipool install');
  await m.serving('shop', 1);
  return m;
}

const code = (m: Machine, path: string): Promise<number> => statusOf(m, `http://localhost${path}`);
const header = (m: Machine, name: string, path: string): Promise<string> =>
  m.run(`curl -sS -D - -o /dev/null http://localhost${path} | tr -d '\\r' | sed -n 's/^${name}: //ip'`);
const pids = async (m: Machine, name: string): Promise<number[]> =>
  (await m.poolStatus(name)).instances.map(({ pid }) => pid);
/** What is recorded as installed of a pool. */
async function recorded(m: Machine, name: string): Promise<unknown> {
  const { pools } = parseInstalled(JSON.parse(await m.run('cat /var/lib/cgipool/installed.json'))) ?? {
    pools: [],
  };
  return pools.find(({ pool }) => pool.name === name);
}
const healed = (m: Machine, seconds = 90): Promise<string> =>
  m.await(
    `cgipool status --json | node -e 'const s = JSON.parse(require("fs").readFileSync(0)); process.exit(s.problems.length + s.pools.flatMap(p => p.problems).length)'`,
    seconds,
  );

/** What a pool file may say that nginx refuses: further lines of [Nginx], the line at fault, nginx's words. */
const REFUSED: Record<string, [more: string, line: number, words: RegExp]> = {
  'a wrong number of arguments': [
    'Set=add_header X-Shop two\nSet=sub_filter a',
    13,
    /Set=sub_filter a: invalid number of arguments in "sub_filter" directive/,
  ],
  'an unknown variable': [
    'Set=add_header X-Shop $no_such_variable',
    12,
    /Set=add_header X-Shop \$no_such_variable: unknown "no_such_variable" variable/,
  ],
  'a zone that is not there': [
    'Set=limit_req zone=absent\nSet=add_header X-Shop two',
    12,
    /Set=limit_req zone=absent: zero size shared memory zone "absent"/,
  ],
  'two directives at fault': ['Set=etag maybe\nSet=gzip perhaps', 13, /Set=gzip perhaps: invalid value/],
};

/** What is said about a line of a file in /etc/cgipool. */
const saidOf = (err: string, file: string, line: number): string =>
  err.split('\n').find(text => text.startsWith(`/etc/cgipool/${file}:${line}: `)) ??
  assert.fail(`nothing about line ${line} of ${file}: ${err}`);

for (const [what, [more, line, words]] of Object.entries(REFUSED))
  test(`${what} in Set= is reported with its line, the pool keeps its old configuration, and others go on`, async () => {
    const m = await fresh();
    const [before, old] = [await pids(m, 'shop'), await recorded(m, 'shop')];
    await m.pool(
      'shop',
      shop(more, '8010-8012').replace('[Health]', '[Service]\nNice=1\n[Health]').replace(/^\n/, ''),
    );
    await m.pool('new', other('/new', '8020-8023'));
    const err = await mistakes(m);
    assert.match(saidOf(err, 'shop.pool', line), words);
    assert.doesNotMatch(err, /nginx\.conf|locations\.conf/);
    await m.serving('new', 1);
    assert.equal(await code(m, '/new'), 200);
    assert.equal(await header(m, 'X-Shop', '/shop'), 'one');
    assert.deepEqual(await pids(m, 'shop'), before);
    assert.deepEqual(await recorded(m, 'shop'), old);
    assert.doesNotMatch(await m.run('systemctl cat cgipool-shop@8010'), /^Nice=1/m);
    await healed(m);
  });

test('a new pool that nginx refuses is not installed, and others go on', async () => {
  const m = await fresh();
  await m.pool('bad', echoPool({ ports: '8030-8033', location: '/bad', nginx: 'Set=sub_filter a' }));
  await m.pool('new', other('/new', '8020-8023'));
  const err = await mistakes(m);
  assert.match(err, /^\/etc\/cgipool\/bad\.pool:11: nginx refuses Set=sub_filter a: invalid number/m);
  await m.serving('new', 1);
  assert.equal(await code(m, '/new'), 200);
  assert.equal(await recorded(m, 'bad'), undefined);
  await healed(m);
});

/** Collisions with what an administrator has: their file, the pool file's lines, the line and words of the message. */
const COLLISIONS: Record<string, [theirs: string, pool: string, line: number, words: RegExp]> = {
  'a location of the administrator': [
    'server { listen 8088; location = /clash { return 204; } include /etc/nginx/cgipool/locations.conf; }',
    echoPool({ ports: '8040-8043', location: '/clash' }),
    10,
    /nginx refuses the route: duplicate location "\/clash"/,
  ],
  'an upstream of the administrator': [
    'upstream cgipool_clash { server 127.0.0.1:9; }',
    echoPool({ ports: '8040-8043', location: '/clash' }),
    10,
    /nginx refuses the route: duplicate upstream "cgipool_clash"/,
  ],
  'a zone of the administrator': [
    'upstream mine { zone cgipool_clash 32k; server 127.0.0.1:9; }',
    echoPool({ ports: '8040-8043', location: '/clash' }),
    10,
    /nginx refuses the route: .*cgipool_clash/,
  ],
};

for (const [what, [theirs, text, line, words]] of Object.entries(COLLISIONS))
  test(`a pool that collides with ${what} is reported with its line, and others go on`, async () => {
    const m = await fresh();
    await m.write(`${CONF_D}/theirs.conf`, `${theirs}\n`);
    await m.pool('clash', text);
    await m.pool('new', other('/new', '8020-8023'));
    const err = await mistakes(m);
    assert.match(saidOf(err, 'clash.pool', line), words);
    await m.serving('new', 1);
    assert.equal(await code(m, '/new'), 200);
    await healed(m);
  });

/** Workers that serve whatever is asked for. */
const LINES =
  '[Pool]\nExec=/usr/bin/python3 -m http.server %i\nPorts=8050\nProtocol=tcp\n[Nginx]\n\nListenStream=6500\n';

async function takePort(m: Machine): Promise<void> {
  await m.run('systemd-run -q --unit=stranger python3 -m http.server 6500');
  await m.await('curl -sf http://127.0.0.1:6500/');
}

const TAKEN =
  /^(?:\/etc\/cgipool\/)?lines\.pool:7: nginx refuses the route: bind\(\) to 0\.0\.0\.0:6500 failed/m;

test('a taken port of ListenStream= is reported with its line, and others go on', async () => {
  const m = await fresh();
  await takePort(m);
  await m.pool('lines', LINES);
  await m.pool('new', other('/new', '8020-8023'));
  assert.match(await mistakes(m), TAKEN);
  await m.serving('new', 1);
  assert.equal(await code(m, '/new'), 200);
  await healed(m);
  await m.run('systemctl stop stranger; cgipool install');
  await m.serving('lines', 1);
});

test('a port of ListenStream= that is taken while nginx is stopped does not keep nginx down', async () => {
  const m = await fresh();
  await m.pool('lines', LINES);
  await m.run(
    'cgipool install && curl -sf -o /dev/null http://127.0.0.1:6500/ && systemctl stop nginx.service',
  );
  await takePort(m);
  assert.notEqual((await m.attempt('systemctl start nginx.service')).code, 0);
  await m.await('curl -sf -o /dev/null localhost/good', 30);
  const { problems } = await m.until('lines', p => p.problems.length > 0);
  assert.match(problems.join('\n'), TAKEN);
  await m.run('systemctl stop stranger');
  await m.await('curl -sf -o /dev/null http://127.0.0.1:6500/', 90);
});

test("what a pool needs of nginx goes away later: others go on, and the pool's route is back once it is there", async () => {
  const m = await fresh('Set=limit_req zone=shop');
  await m.run(`mv ${ZONE} /srv/zone.conf; cgipool scale good 2`);
  await m.serving('good', 2);
  const { problems } = await m.until('shop', p => p.problems.length > 0);
  assert.match(
    problems.join('\n'),
    /^shop\.pool:11: nginx refuses Set=limit_req zone=shop: zero size shared memory zone "shop"/,
  );
  assert.deepEqual((await m.status()).problems, []);
  assert.equal(await code(m, '/good'), 200);
  const reload = await m.run('pgrep -P $(cat /run/nginx.pid) | head -n 1');
  const retried = await m.run("journalctl -o cat -u cgipool.service | grep -c '^publish: ' || true");
  await m.await(
    `[ $(journalctl -o cat -u cgipool.service | grep -c '^publish: ') -ge $((${retried} + 2)) ]`,
    60,
  );
  assert.equal(await m.run('pgrep -P $(cat /run/nginx.pid) | head -n 1'), reload, 'a retry reloads nothing');
  await m.run(`mv /srv/zone.conf ${ZONE}`);
  // its instances are well all the time: what is awaited is the next try of its route
  await m.await('curl -sf -o /dev/null localhost/shop', 90);
  await m.serving('shop', 1);
  await healed(m);
  await m.run('cgipool scale good auto');
});

test('a certificate that is missing is reported with its line in cgipool.conf, pools go on with the old site, and it is used once it is there', async () => {
  const m = await fresh();
  await m.write(
    '/etc/cgipool/cgipool.conf',
    '[Nginx]\nTLSCertificate=/etc/ssl/absent.pem\nTLSKey=/etc/ssl/private/pools.key\n',
  );
  await m.pool('new', other('/new', '8020-8023'));
  const err = await mistakes(m);
  assert.match(
    err,
    /^\/etc\/cgipool\/cgipool\.conf:2: nginx refuses it: cannot load certificate "\/etc\/ssl\/absent\.pem"/m,
  );
  await m.serving('new', 1);
  assert.equal(await code(m, '/new'), 200);
  assert.match(
    (await m.status()).problems.join(),
    /^cgipool\.conf: nginx refuses it: cannot load certificate/,
  );
  await m.run('cp /etc/ssl/pools.pem /etc/ssl/absent.pem');
  await healed(m);
  assert.equal(await statusOf(m, '-k https://localhost/new'), 200);
});

test('what nginx accepted is known to an install that comes while an earlier publish is under way', async () => {
  const m = await fresh();
  // nginx waits at the pipe for a writer, and with it the publish step that has read what was installed
  await m.run(`mkfifo ${CONF_D}/pipe.conf && cgipool scale good 2`);
  await m.await("pgrep -f 'n[g]inx -t'");
  await m.write(
    '/etc/cgipool/cgipool.conf',
    '[Nginx]\nTLSCertificate=/etc/ssl/none.pem\nTLSKey=/etc/ssl/private/pools.key\n',
  );
  const installing = m.attempt('cgipool install');
  await m.await('grep -q none.pem /var/lib/cgipool/installed.json');
  await m.run(`exec 3<>${CONF_D}/pipe.conf; rm ${CONF_D}/pipe.conf`);
  const { code: exit, err } = await installing;
  assert.equal(exit, MISTAKES, err);
  assert.match(err, /^\/etc\/cgipool\/cgipool\.conf:2: nginx refuses it/m);
  await m.run('cgipool scale good auto');
});

/** What [Service] may say that systemd ignores or refuses: the lines, the one at fault, systemd's words. */
const UNITS: Record<string, [lines: string, line: number, words: RegExp]> = {
  'an unknown directive': ['Nice=2\nMemroyMax=1G', 4, /Unknown key( name)? 'MemroyMax'/],
  'a value that systemd cannot read': [
    'CPUWeight=many\nNice=2',
    3,
    /CPUWeight=.*many|Invalid CPU.*many|Failed to parse/,
  ],
  'a directive that makes no sense for a worker': [
    'Nice=2\nType=oneshot',
    4,
    /Type=oneshot is for commands that end.*: use Type=exec or Type=notify/,
  ],
};

for (const [what, [lines, line, words]] of Object.entries(UNITS))
  test(`${what} in [Service] is reported with its line, the pool keeps its old unit, and others go on`, async () => {
    const m = await fresh();
    const before = await pids(m, 'shop');
    await m.pool('shop', `# shop\n[Service]\n${lines}\n${shop('Set=add_header X-Shop two')}`);
    await m.pool('new', other('/new', '8020-8023'));
    const checked = await m.attempt('cgipool check');
    assert.equal(checked.code, MISTAKES, checked.err);
    assert.match(saidOf(checked.err, 'shop.pool', line), words);
    assert.match(saidOf(await mistakes(m), 'shop.pool', line), words);
    await m.serving('new', 1);
    assert.deepEqual(await pids(m, 'shop'), before);
    assert.doesNotMatch(await m.run('systemctl cat cgipool-shop@8010'), /^Nice=2/m);
    assert.equal(await header(m, 'X-Shop', '/shop'), 'one');
    await healed(m);
  });

test.run();
