import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import type { Directive, Pool } from '../../src/model/pool.ts';
import { renderPorts, renderSlice, renderSocket, renderTemplate } from '../../src/render/unit.ts';
import { runs } from '../fuzz.ts';
import { assets, best, hostile, poolOf, poolText } from './given.ts';
import { type Line, readUnit, valuesOf } from './unit-reader.ts';

const test = suite('units');

const unitOf = (pool: Pool): Line[] => readUnit(renderTemplate(pool, assets));
const of = (text: string, section: string, key: string): string[] =>
  valuesOf(unitOf(poolOf(text)), section, key);

test('the keys of [Pool] become directives of the unit', () => {
  const rows: [text: string, section: string, key: string, ...values: string[]][] = [
    [poolText(), 'Unit', 'Description', 'search pool (slot %i)'],
    [poolText('[Pool]', 'Description=50% "off" $HOME'), 'Unit', 'Description', '50%% "off" $HOME (slot %i)'],
    [poolText(), 'Service', 'ExecStart', '/bin/worker %i'],
    [poolText(), 'Service', 'Environment', 'POOL=search SLOT=%i PORT=%i'],
    [poolText(), 'Service', 'SyslogIdentifier', 'cgipool-search'],
    [poolText(), 'Service', 'Slice', 'cgipool-search.slice'],
    [poolText(), 'Service', 'UMask', '0077'],
    [poolText(), 'Service', 'RuntimeDirectory'],
    [poolText(), 'Service', 'Group'],
    [poolText(), 'Service', 'Type', 'exec'],
    [poolText(), 'Service', 'Restart', 'always'],
    [poolText(), 'Service', 'RestartSec', '0'],
    [poolText(), 'Unit', 'StartLimitBurst', '5'],
  ];
  for (const [text, section, key, ...values] of rows) assert.deepEqual(of(text, section, key), values, key);
});

test('Exec= is copied into the unit verbatim', () => {
  const exec = `-/bin/sh -c 'exec "$0" \\; %% $$' "%i;"`;
  const pool = poolOf(`[Pool]\nExec=${exec}\nPorts=1`);
  assert.deepEqual(valuesOf(unitOf(pool), 'Service', 'ExecStart'), [exec]);
});

test('Listen=unix becomes a directory that only nginx and the controller may enter', () => {
  const pool = poolOf('[Pool]\nExec=/bin/worker\nListen=unix');
  const unit = unitOf(pool);
  const path = '/run/cgipool/search/%i/sock';
  assert.deepEqual(valuesOf(unit, 'Service', 'Environment'), [`POOL=search SLOT=%i SOCKET=${path}`]);
  assert.deepEqual(valuesOf(unit, 'Service', 'RuntimeDirectory'), ['cgipool/search/%i']);
  assert.deepEqual(valuesOf(unit, 'Service', 'RuntimeDirectoryMode'), ['0750']);
  assert.deepEqual(valuesOf(unit, 'Service', 'Group'), [], "the worker is not in the sockets' group");
  const [share = ''] = valuesOf(unit, 'Service', 'ExecStartPost');
  assert.match(share, /^\+\/bin\/sh -c 'chgrp -h cgipool-sockets \/run\/cgipool\/search\/%i && /);
  assert.deepEqual(valuesOf(unit, 'Service', 'UMask'), ['0007']);
});

const FD = '[Pool]\nDescription=50% ours\nExec=/bin/worker\nListen=fd\n';
const socketOf = (pool: Pool): Line[] => readUnit(renderSocket(pool, assets));

test('Listen=fd with Ports= becomes a socket unit that the instance requires', () => {
  const pool = poolOf(`${FD}Ports=8000`);
  assert.deepEqual(socketOf(pool), [
    ['Unit', 'Description', '50%% ours (socket of slot %i)'],
    ['Socket', 'ListenStream', '127.0.0.1:%i'],
    ['Socket', 'Backlog', '4096'],
    ['Socket', 'RemoveOnStop', 'yes'],
    ['Socket', 'TriggerLimitIntervalSec', '0'],
  ]);
  const unit = unitOf(pool);
  assert.deepEqual(valuesOf(unit, 'Unit', 'Requires'), ['cgipool-search@%i.socket']);
  assert.deepEqual(valuesOf(unit, 'Unit', 'After'), ['network.target', 'cgipool-search@%i.socket']);
  assert.deepEqual(valuesOf(unit, 'Service', 'Environment'), ['POOL=search SLOT=%i PORT=%i']);
});

test('Listen=fd with Slots= becomes socket files of systemd for nginx and the controller only', () => {
  const pool = poolOf(`${FD}Slots=1-3`);
  const socket = socketOf(pool);
  const folder = '/run/cgipool/search/%i';
  assert.deepEqual(socket.slice(1, 7), [
    ['Socket', 'ListenStream', `${folder}/sock`],
    ['Socket', 'Backlog', '4096'],
    ['Socket', 'SocketMode', '0660'],
    ['Socket', 'SocketGroup', 'cgipool-sockets'],
    ['Socket', 'ExecStartPre', `/usr/bin/install -d -m 0750 -g cgipool-sockets ${folder}`],
    ['Socket', 'ExecStopPost', `-/usr/bin/rm -rf ${folder}`],
  ]);
  const unit = unitOf(pool);
  assert.deepEqual(valuesOf(unit, 'Service', 'Environment'), [`POOL=search SLOT=%i SOCKET=${folder}/sock`]);
  // the worker creates no file there
  for (const key of ['RuntimeDirectory', 'ExecStartPost'])
    assert.deepEqual(valuesOf(unit, 'Service', key), [], key);
  assert.deepEqual(valuesOf(unit, 'Service', 'UMask'), ['0077']);
});

test('the lines of [Unit] follow the dependencies on the socket unit', () => {
  const pool = poolOf(`${FD}Ports=8000\n[Unit]\nAfter=\nX-A=b`);
  const lines = unitOf(pool).filter(([section]) => section === 'Unit');
  assert.deepEqual(lines.slice(-3), [
    ['Unit', 'After', 'cgipool-search@%i.socket'],
    ['Unit', 'After', ''],
    ['Unit', 'X-A', 'b'],
  ]);
});

test('a worker may bind the ports of its pool, and a change of them restarts no instance', () => {
  const pool = poolOf('[Pool]\nExec=/bin/a\nPorts=1-3, 70 72-73');
  assert.deepEqual(readUnit(renderPorts(pool, assets)), [
    ...['tcp:1-3', 'tcp:70', 'tcp:72-73'].map((rule): Line => ['Service', 'SocketBindAllow', rule]),
  ]);
  assert.deepEqual(valuesOf(unitOf(pool), 'Service', 'SocketBindDeny'), ['tcp']);
  assert.deepEqual(valuesOf(unitOf(pool), 'Service', 'SocketBindAllow'), []);
});

test('by default the sandbox has all its restrictions', () => {
  const unit = unitOf(poolOf(poolText()));
  const closed = unit.filter(
    ([, key, value]) => /^(Protect|Private|Restrict|NoNew|Dynamic)/.test(key) && value !== 'no',
  );
  assert.ok(closed.length >= 18, `${closed.length}`);
  assert.deepEqual(valuesOf(unit, 'Service', 'CapabilityBoundingSet'), ['']);
});

/** What every pool may take of the machine, unless its [Slice] says otherwise. */
const BOUNDS: Line[] = [
  ['Slice', 'MemoryMax', '80%'],
  ['Slice', 'TasksMax', '40%'],
];

test('passed-through sections are copied byte for byte, last in their section', () => {
  const given = [
    ['User', 'www-data'],
    ['Environment', '"A=b ; c" B=#d \\x20 $e'],
    ['Environment', ''],
    ['ExecStartPre', '+/bin/sh -c "true; # %i"'],
    ['X-Note', 'a=b\u2028c\u00a0d'],
  ] as const;
  const lines = given.map(([key, value]) => `${key}=${value}`);
  const pool = poolOf(
    poolText('[Service]', ...lines, '[Unit]', 'After=a.service', '[Slice]', 'MemoryMax=1G'),
  );
  const unit = unitOf(pool);
  const service = unit.filter(([section]) => section === 'Service');
  assert.deepEqual(
    service.slice(-given.length),
    given.map(([key, value]) => ['Service', key, value]),
  );
  assert.deepEqual(unit.filter(([section]) => section === 'Unit').at(-1), ['Unit', 'After', 'a.service']);
  assert.ok(renderTemplate(pool, assets).includes(`\n${lines.join('\n')}\n`));
  assert.deepEqual(readUnit(renderSlice(pool, assets)), [
    ['Unit', 'Description', 'search pool: all instances'],
    ...BOUNDS,
    ['Slice', 'MemoryMax', '1G'],
  ]);
});

test('a hyphen in a pool name does not nest slices', () => {
  const pool = poolOf(poolText(), 'my-own-pool');
  assert.deepEqual(valuesOf(unitOf(pool), 'Service', 'Slice'), ['cgipool-my\\x2down\\x2dpool.slice']);
  assert.deepEqual(valuesOf(unitOf(pool), 'Service', 'SyslogIdentifier'), ['cgipool-my-own-pool']);
});

const plain = poolOf(poolText());
const baseline = unitOf(plain);

const linesOf = (section: string, list: readonly Directive[]): Line[] =>
  list.map(({ key, value }) => [section, key, value]);

/** The intended unit of a pool: that of the plain pool, with the pool's own words filled in. */
function intended(pool: Pool): Line[] {
  const own: Record<string, string> = {
    Description: `${pool.description.replaceAll('%', '%%')} (slot %i)`,
    ExecStart: pool.exec,
  };
  const filled = baseline.map(([section, key, value]): Line => [section, key, own[key] ?? value]);
  const part = (name: string): Line[] => filled.filter(([section]) => section === name);
  const more = { unit: linesOf('Unit', pool.unit), service: linesOf('Service', pool.service) };
  return [...part('Unit'), ...more.unit, ...part('Service'), ...more.service];
}

interface Given {
  description: string;
  exec: string;
  lines: [section: string, key: string, value: string][];
}

const passed = fc.tuple(fc.constantFrom('Service', 'Unit', 'Slice'), fc.constantFrom('X-A', 'User'), hostile);
const values: fc.Arbitrary<Given> = fc.record({
  description: hostile,
  exec: hostile,
  lines: fc.array(passed, { maxLength: 4 }),
});

/** A pool with hostile values, except those that are refused. */
function hostilePool({ description, exec, lines }: Given): Pool {
  const more = [
    `[Pool]\nDescription=${description}`,
    ...lines.map(([section, key, value]) => `[${section}]\n${key}=${value}`),
  ].join('\n');
  const by = (command: string): Pool | undefined =>
    best('search.pool', `[Pool]\nPorts=8000\nExec=${command}\n${more}`).pools[0];
  return by(`/bin/worker ${exec}`) ?? (by(plain.exec) as Pool);
}

test('no hostile value adds, removes or changes a directive of the unit or the slice', () => {
  const seen = { exec: 0, description: 0, lines: 0 };
  const tries = runs(400);
  fc.assert(
    fc.property(values, given => {
      const pool = hostilePool(given);
      if (pool.exec !== plain.exec) seen.exec++;
      if (pool.description !== plain.description) seen.description++;
      seen.lines += pool.service.length + pool.unit.length + pool.slice.length;
      assert.deepEqual(unitOf(pool), intended(pool));
      assert.deepEqual(readUnit(renderSlice(pool, assets)), [
        ['Unit', 'Description', `${pool.description.replaceAll('%', '%%')}: all instances`],
        ...BOUNDS,
        ...linesOf('Slice', pool.slice),
      ]);
    }),
    tries,
  );
  for (const count of Object.values(seen))
    assert.ok(4 * count > tries.numRuns, `most were refused: ${JSON.stringify(seen)}`);
});

test('a value that breaks out of its directive of a unit is detected', () => {
  const breaks = (change: Partial<Pool>): boolean => {
    const pool = { ...plain, ...change };
    try {
      assert.deepEqual(unitOf(pool), intended(pool));
      return false;
    } catch {
      return true;
    }
  };
  assert.ok(!breaks({ description: 'a "quiet" one; # really' }));
  assert.ok(breaks({ description: 'a\n[Service]\nUser=root' }));
  assert.ok(breaks({ exec: '/bin/worker\rUser=root' }));
  assert.ok(breaks({ service: [{ key: 'X-A', value: 'b\0User=root', line: 1 }] }));
  assert.ok(
    breaks({
      service: [
        { key: 'X-A', value: 'b\\', line: 1 },
        { key: 'User', value: 'x', line: 2 },
      ],
    }),
  );
});

test.run();
