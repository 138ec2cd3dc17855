import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import vm from 'node:vm';
import { suite } from 'uvu';
import type { Pool } from '../../src/model/pool.ts';
import { fill, textOf } from '../../src/render/fill.ts';
import { renderLive } from '../../src/render/live.ts';
import type { MachineInput } from '../../src/render/machine.ts';
import { nothingSent } from '../../src/render/upstreams.ts';
import { assets, machineTexts, poolOf, poolText, site, siteOf } from './given.ts';
import { readUnit, valuesOf } from './unit-reader.ts';

const test = suite('machine');

const input = (change: Partial<MachineInput> = {}): MachineInput => ({
  site,
  pools: [poolOf(poolText())],
  assets,
  machine: {
    ipv6: true,
    node: '/usr/bin/node',
    program: '/usr/local/lib/cgipool/cgipool.mjs',
    tag: 'cgipool_0',
  },
  ...change,
});

const fileText = (path: string, given = input()): string =>
  machineTexts(given).get(path) ?? assert.fail(path);

const FIXED = [
  '/etc/dbus-1/system.d/org.cgipool1.conf',
  '/etc/needrestart/conf.d/cgipool.conf',
  '/etc/nginx/cgipool/access.conf',
  '/etc/nginx/cgipool/locations.conf',
  '/etc/nginx/conf.d/cgipool.conf',
  '/etc/polkit-1/rules.d/50-cgipool.rules',
  '/etc/systemd/system/cgipool-autoscale.service',
  '/etc/systemd/system/cgipool-autoscale.timer',
  '/etc/systemd/system/cgipool-log.service',
  '/etc/systemd/system/cgipool-log.socket',
  '/etc/systemd/system/cgipool-publish.service',
  '/etc/systemd/system/cgipool.service',
  '/etc/systemd/system/nginx.service.d/cgipool.conf',
  '/etc/sysusers.d/cgipool.conf',
  '/etc/tmpfiles.d/cgipool.conf',
];

test('an install has the fixed files, and a unit template and a slice for each pool', () => {
  assert.deepEqual([...machineTexts(input({ pools: [] })).keys()].sort(), FIXED);
  const pools = [poolOf(poolText()), poolOf(poolText().replace('/api', '/b'), 'a-b')];
  const more = [...machineTexts(input({ pools })).keys()].filter(path => !FIXED.includes(path));
  assert.deepEqual(more.sort(), [
    '/etc/systemd/system/cgipool-a-b@.service',
    '/etc/systemd/system/cgipool-a-b@.service.d/ports.conf',
    '/etc/systemd/system/cgipool-a\\x2db.slice',
    '/etc/systemd/system/cgipool-search.slice',
    '/etc/systemd/system/cgipool-search@.service',
    '/etc/systemd/system/cgipool-search@.service.d/ports.conf',
  ]);
});

test('Listen=fd adds a socket unit, and Protocol=tcp a stream block', () => {
  const of = (text: string): string[] =>
    [...machineTexts(input({ pools: [poolOf(text)] })).keys()].filter(
      path => !FIXED.includes(path) && !/\.slice$|\.service$|ports\.conf$/.test(path),
    );
  assert.deepEqual(of('[Pool]\nExec=/bin/a\nListen=fd\nPorts=8000'), [
    '/etc/systemd/system/cgipool-search@.socket',
  ]);
  assert.deepEqual(of('[Pool]\nExec=/bin/a\nPorts=8000\nProtocol=tcp'), [
    '/etc/nginx/modules-enabled/90-cgipool.conf',
  ]);
});

test('Min=0 adds a wake socket and its service, and Metric=exec: a metric unit', () => {
  const scale = [
    '[Scale]',
    'External=5',
    'Metric=exec:/bin/count "a b" %i',
    '[Service]',
    'User=jobs',
    'Restart=no',
  ];
  const pool = poolOf(poolText(...scale).replace('[Pool]', '[Pool]\nMin=0'));
  const given = input({ pools: [pool] });
  const at = (name: string): ReturnType<typeof readUnit> =>
    readUnit(fileText(`/etc/systemd/system/cgipool-search.${name}`, given));
  const socket = at('wake.socket');
  assert.deepEqual(valuesOf(socket, 'Socket', 'ListenStream'), ['/run/cgipool/search.wake']);
  assert.deepEqual(valuesOf(socket, 'Socket', 'SocketGroup'), ['cgipool-sockets']);
  assert.deepEqual(valuesOf(socket, 'Socket', 'SocketMode'), ['0660']);
  assert.match(
    valuesOf(at('wake.service'), 'Service', 'ExecStart').join(),
    / \/run\/cgipool-controller\/awake\/search$/,
  );
  const metric = at('metric.service');
  assert.deepEqual(valuesOf(metric, 'Service', 'ExecStart'), ['/bin/count "a b" %i']);
  assert.deepEqual(valuesOf(metric, 'Service', 'User'), ['jobs'], 'the user of the pool');
  assert.deepEqual(valuesOf(metric, 'Service', 'Restart'), [], 'but not its Restart=');
  assert.match(
    fileText('/etc/nginx/cgipool/traffic.conf', given),
    /cgipool_search/,
    'nginx logs its requests',
  );
});

const ROUTES: Record<string, string> = {
  fastcgi: 'Location=/script\nScript=/srv/a.php\nSlowLog=1s',
  'fastcgi-root': 'Location=/root\nRoot=/srv',
  tcp: 'ListenStream=6379',
};

/** A pool of a protocol, or of a variant of it. */
const speaking = (name: string): Pool =>
  poolOf(
    `[Pool]\nExec=/bin/worker\nListen=unix\nProtocol=${name.replace('-root', '')}\n[Nginx]\n${ROUTES[name] ?? `Location=/${name}`}`,
    name,
  );

test('every template is used, and no placeholder is left', () => {
  const used = new Set<string>();
  const watched = new Proxy(assets, {
    get: (all, name: string) => {
      used.add(name);
      return all[name];
    },
  });
  const tls = siteOf(
    ...['TLSCertificate=/etc/a.pem', 'TLSKey=/etc/a.key', 'TLSRedirect=yes', 'TLSStapling=yes'],
    ...['ACMEWebroot=/var/lib/acme', 'SocketActivation=yes'],
  );
  // for a pool that counts requests nginx logs them
  const pools = [
    poolOf(poolText('[Pool]', 'MaxRequests=100', '[Health]', 'Probe=exec', 'Command=/bin/true')),
    poolOf(poolText('[Scale]', 'External=5', 'Metric=exec:/bin/count').replace('[Pool]', '[Pool]\nMin=0')),
    poolOf('[Pool]\nExec=/bin/worker\nListen=unix', 'sock'),
    poolOf('[Pool]\nExec=/bin/worker\nListen=fd\nSlots=1-2', 'held'),
    ...['fastcgi', 'fastcgi-root', 'scgi', 'uwsgi', 'grpc', 'tcp'].map(speaking),
  ];
  const given = { site: tls, assets: watched, pools };
  for (const text of [
    ...machineTexts(input(given)).values(),
    ...renderLive(tls, pools, nothingSent(), 1, watched).values(),
  ])
    assert.doesNotMatch(text, /@[A-Z]+@|undefined|\[object/);
  const templates = ['units', 'nginx'].flatMap(folder =>
    readdirSync(folder).map(name => `${folder}/${name}`),
  );
  assert.deepEqual([...used].sort(), templates.sort());
});

test('ExecStart= of the controller quotes any path of Node.js', () => {
  const started = (node: string): string[] => {
    const unit = fileText(
      '/etc/systemd/system/cgipool.service',
      input({ machine: { ipv6: true, node, program: '/p', tag: 'cgipool_0' } }),
    );
    return valuesOf(readUnit(unit), 'Service', 'ExecStart');
  };
  const rows: [path: string, word: string][] = [
    ['/usr/bin/node', '/usr/bin/node'],
    ['/opt/my node/node', '"/opt/my node/node"'],
    ['/opt/50%/node', '/opt/50%%/node'],
    ['/opt/a"b\\c/node', '"/opt/a\\"b\\\\c/node"'],
    ["/opt/a'b;c/node", `"/opt/a'b;c/node"`],
  ];
  for (const [path, word] of rows)
    assert.deepEqual(started(path), [`${word} --max-semi-space-size=2 /p controller`]);
});

test('nginx and the controller share the group for sockets of unix workers, and no other group', () => {
  const given = input({ site: siteOf('User=nginx') });
  const unit = fileText('/etc/systemd/system/cgipool.service', given);
  assert.deepEqual(valuesOf(readUnit(unit), 'Service', 'SupplementaryGroups'), ['cgipool-sockets']);
  const users = fileText('/etc/sysusers.d/cgipool.conf', given).split('\n');
  for (const line of ['g cgipool-sockets -', 'm cgipool cgipool-sockets', 'm nginx cgipool-sockets'])
    assert.ok(users.includes(line), line);
});

/** The polkit rule's answer to a request, by running it. */
function verdict(user: string, id: string, unit: string | undefined, verb: string | undefined): string {
  const details: Record<string, string | undefined> = { unit, verb };
  const polkit = {
    Result: { YES: 'yes', NO: 'no', NOT_HANDLED: 'not handled' },
    rule: (_action: unknown, _subject: unknown): string => 'no rule',
    addRule(rule: () => string) {
      this.rule = rule;
    },
  };
  const pools = [poolOf(poolText()), poolOf('[Pool]\nExec=/bin/a\nPorts=1-3, 70 72-73', 'constructor')];
  vm.runInNewContext(fileText('/etc/polkit-1/rules.d/50-cgipool.rules', input({ pools })), { polkit });
  return polkit.rule({ id, lookup: (key: string) => details[key] }, { user });
}

test('the polkit rule knows the slots of the installed pools', () => {
  const manage = 'org.freedesktop.systemd1.manage-units';
  const starts = (unit: string): string => verdict('cgipool', manage, `cgipool-${unit}.service`, 'start');
  for (const unit of ['search@8000', 'search@8002', 'constructor@1', 'constructor@70', 'constructor@73'])
    assert.equal(starts(unit), 'yes', unit);
  for (const unit of ['search@7999', 'search@8003', 'search@80', 'search@99999', 'search@08000'])
    assert.equal(starts(unit), 'no', unit);
  for (const unit of ['constructor@4', 'constructor@71', 'toString@1', 'other@8000', 'search.probe@8003'])
    assert.equal(starts(unit), 'no', unit);
  assert.equal(starts('search.probe@8000'), 'yes');
  assert.equal(starts('other.metric'), 'no');
  assert.equal(
    verdict('cgipool', manage, 'cgipool-gone@8000.service', 'stop'),
    'yes',
    'an orphan may be stopped',
  );
  assert.equal(verdict('cgipool', manage, 'cgipool-gone@8000.service', 'restart'), 'no');
});

test('the polkit rule lets the controller manage instances and start the publish step, and nothing else', () => {
  const manage = 'org.freedesktop.systemd1.manage-units';
  const asks = (unit?: string, verb?: string): string => verdict('cgipool', manage, unit, verb);
  for (const verb of ['start', 'stop', 'restart', 'reset-failed'])
    assert.equal(asks('cgipool-search@8000.service', verb), 'yes');
  assert.equal(asks('cgipool-publish.service', 'start'), 'yes');
  assert.equal(asks('cgipool-search.metric.service', 'start'), 'yes');
  for (const verb of ['start', 'stop']) assert.equal(asks('cgipool-search.wake.socket', verb), 'yes');
  assert.equal(asks('cgipool-search@8000.socket', 'stop'), 'yes');
  for (const [unit, verb] of [
    ['cgipool-publish.service', 'stop'],
    ['cgipool-search@8000.service', 'set-property'],
    ['cgipool-search@8000.service', 'kill'],
    ['cgipool-search@8000.service', undefined],
    ['cgipool.service', 'restart'],
    ['ssh.service', 'start'],
    ['cgipool-search@8000.service\nssh.service', 'start'],
    ['x-cgipool-search@8000.service', 'start'],
    ['cgipool-search@../../x.service', 'start'],
    ['cgipool-search@8000.socket', 'start'],
    ['cgipool-search@8000.socket', 'restart'],
    ['cgipool-search@8000.socket', 'set-property'],
    ['cgipool-search@8000.socket\nssh.socket', 'stop'],
    ['x-cgipool-search@8000.socket', 'stop'],
    ['cgipool-search@.socket', 'stop'],
    ['cgipool-search.wake.service', 'start'],
    ['cgipool-search.wake.socket', 'restart'],
    ['cgipool-search.metric.service', 'stop'],
    [undefined, undefined],
  ] as const)
    assert.equal(asks(unit, verb), 'no', `${verb} ${unit}`);
  assert.equal(verdict('mallory', manage, 'cgipool-search@8000.service', 'start'), 'not handled');
  assert.equal(verdict('cgipool', 'org.freedesktop.login1.reboot', undefined, undefined), 'not handled');
});

test('the autoscale timer ticks every 5 s, with an accuracy of 0.1 s', () => {
  const timer = readUnit(fileText('/etc/systemd/system/cgipool-autoscale.timer'));
  assert.deepEqual(valuesOf(timer, 'Timer', 'OnUnitActiveSec'), ['5s']);
  assert.deepEqual(valuesOf(timer, 'Timer', 'AccuracySec'), ['100ms']);
});

test('fill() replaces placeholders within a line by their values verbatim', () => {
  const given = { a: '@X@-@Y@-@X@\n', b: 'no place', c: '@x@ a@X.b @' };
  assert.deepEqual(fill(given, 'a', { X: '@Y@', Y: '$&' }), ['@Y@-$&-@Y@']);
  assert.deepEqual(fill(given, 'b', {}), ['no place']);
  assert.deepEqual(fill(given, 'c', {}), ['@x@ a@X.b @']);
});

test('fill() replaces a placeholder alone on its line by lines with its indentation', () => {
  const given = { a: 'a {\n    @X@\n}\n\n@Y@\nend' };
  assert.deepEqual(fill(given, 'a', { X: ['b', '', '  c'], Y: 'd' }), [
    ...['a {', '    b', '', '      c', '}', '', 'd', 'end'],
  ]);
  assert.deepEqual(fill(given, 'a', { X: [], Y: [] }), ['a {', '}', '', 'end']);
  assert.equal(textOf(['a', '', 'b']), 'a\n\nb\n');
  assert.equal(textOf([]), '');
});

test('fill() throws an error that names the template and the placeholder', () => {
  const given = { a: '@X@-@Y@', b: '@X@' };
  assert.throws(() => fill(given, 'none', {}), /^Error: the template none is missing: reinstall cgipool$/);
  assert.throws(() => fill(given, 'a', { X: '1' }), /^Error: a: no value for @Y@$/);
  assert.throws(
    () => fill(given, 'a', { X: '1', Y: '2', Z: '3', W: '4' }),
    /^Error: a: no placeholder for Z, W$/,
  );
  assert.throws(
    () => fill(given, 'a', { X: ['1', '2'], Y: '3' }),
    /^Error: a: @X@ is not alone on its line$/,
  );
  assert.throws(
    () => fill(given, 'a', { X: '1\n2', Y: '3' }),
    /^Error: a: the value of @X@ has a line break$/,
  );
  assert.throws(
    () => fill(given, 'b', { X: ['1', '2\n3'] }),
    /^Error: b: the value of @X@ has a line break$/,
  );
});

test.run();
