import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Clue } from '../../../src/model/observed.ts';
import type { Directive, Pool } from '../../../src/model/pool.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

/* What the machine shows of instances that do not come up, and of stops that take their whole time. */
const test = suite('plan: odd workers');

const nothing: Clue = {
  invocation: '',
  isShell: false,
  strays: [],
  closed: 0,
  isOutgoing: false,
  mode: null,
};

const service = (key: string, value: string): Directive[] => [{ key, value, line: 1 }];

/** A pool of one that never becomes healthy. */
function failing(change: Partial<Pool> = {}): Drive {
  const drive = new Drive(installed(pool({ min: 1, max: 1, ...change })));
  drive.fake.behaviour = () => 'never-ready';
  return drive;
}

/** The clue of slot 8000, as the observer gives it. */
const clueOf = (change: Partial<Clue>) => ({
  clues: new Map([['cgipool-search@8000.service', { ...nothing, ...change }]]),
});

test('an instance is looked at when it has not come up for two seconds, and not before', () => {
  const drive = failing();
  drive.run(1_500);
  assert.deepEqual([...drive.suspects], []);
  drive.run(1_500);
  assert.deepEqual([...drive.suspects], ['cgipool-search@8000.service']);
});

test('a healthy instance is looked at once', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.run(1_000);
  assert.deepEqual([...drive.suspects], ['cgipool-search@8000.service']);
  drive.pass(clueOf({ invocation: drive.fake.workers.get('search@8000')?.unit.invocation ?? '' }));
  drive.run(5_000);
  assert.deepEqual([...drive.suspects], []);
});

/** What is seen, in which pool, and what status says of it. */
const HINTS: Record<string, [Partial<Clue>, RegExp, Partial<Pool>?]> = {
  'another address': [
    { strays: ['[::1]:8000'] },
    /slot 8000: it listens on \[::1\]:8000, and not on 127\.0\.0\.1:8000: have it listen there/,
  ],
  'another port': [
    { strays: ['127.0.0.1:3000'] },
    /it listens on 127\.0\.0\.1:3000, and not on 127\.0\.0\.1:8000/,
  ],
  'a port in place of a socket file': [
    { strays: ['0.0.0.0:3000'] },
    /it listens on 0\.0\.0\.0:3000, and not on unix:\/run\/cgipool\/search\/8000\/sock/,
    { listen: 'unix' },
  ],
  'a socket file that is closed': [
    { mode: 0o700 },
    /its socket file has mode 0700, which closes it to nginx: set UMask=0007/,
    { listen: 'unix' },
  ],
  'closed connections': [
    { closed: 12 },
    /12 closed connections keep its port \(TIME_WAIT\) from a program that does not set SO_REUSEADDR: have it set that/,
  ],
  'a connection of somebody else': [
    { isOutgoing: true },
    /an outgoing connection has its port: choose Ports= outside of net\.ipv4\.ip_local_port_range/,
  ],
};

for (const [what, [clue, words, change]] of Object.entries(HINTS))
  test(`status and why tell of ${what}, with the cure, until the instance is well`, () => {
    const drive = failing(change);
    drive.run(3_000);
    drive.run(1_000, clueOf(clue));
    assert.match(drive.problems(), words);
    const events = drive.memory.pools.search?.events.map(({ text }) => text).join('\n') ?? '';
    assert.match(events, words);
    drive.fake.behaviour = () => 'well';
    drive.run(20_000);
    assert.equal(drive.problems(), '');
  });

test('a socket file that its group may write to is no clue, and a mode says nothing where systemd makes the socket', () => {
  for (const change of [{ listen: 'unix' }, { listen: 'unix', activated: true }] as const) {
    const drive = failing(change);
    drive.run(3_000);
    drive.run(1_000, clueOf({ mode: 'activated' in change ? 0o700 : 0o660 }));
    assert.doesNotMatch(drive.problems(), /mode/);
  }
});

/** A pool whose worker is below a shell, as the observer finds. */
function shell(lines: Directive[]): Drive {
  const drive = new Drive(installed(pool({ min: 1, max: 1, service: lines })));
  drive.run(1_000);
  const { invocation = '' } = drive.fake.workers.get('search@8000')?.unit ?? {};
  drive.pass(clueOf({ invocation, isShell: true }));
  drive.run(1_000);
  return drive;
}

test('status tells of a shell whose server is killed with its requests', () => {
  const words =
    /slot 8000 is a shell.*: start the server with exec in the script of Exec=, or set KillMode=control-group/;
  assert.match(shell([]).problems(), words);
  assert.match(shell(service('KillMode', 'mixed')).problems(), words);
  assert.equal(shell(service('KillMode', 'control-group')).problems(), '', 'there it gets SIGTERM as well');
});

/** Scales a pool of workers that ignore SIGTERM up and down. */
function stubborn(times: number, lines: Directive[] = []): Drive {
  const drive = new Drive(installed(pool({ min: 1, max: 4, service: lines })));
  drive.fake.behaviour = () => 'ignores';
  drive.run(3_000);
  for (let i = 0; i < times; i++) {
    drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 2, max: 2 } }] });
    drive.run(15_000);
    drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
    drive.run(15_000);
  }
  return drive;
}

test('stops that need SIGKILL are counted, and named from the third of an hour on', () => {
  const two = stubborn(2);
  assert.deepEqual([two.killed(), two.problems()], [2, '']);
  const three = stubborn(3);
  assert.equal(three.killed(), 3);
  assert.match(
    three.problems(),
    /^3 stops of the last hour needed SIGKILL after TimeoutStopSec=10s: the program does not end at SIGTERM; have it finish/,
  );
  assert.equal(three.memory.pools.search?.failures.count, 0, 'they are no failures');
  three.run(3_600_000, {}, undefined, 60_000);
  assert.deepEqual([three.killed(), three.problems()], [0, '']);
});

test('commands of a stop may be what takes so long', () => {
  const words = /at SIGTERM; .*, or a command of ExecStop= or ExecStopPost= takes too long$/;
  assert.match(stubborn(3, service('ExecStopPost', '/bin/sleep 20')).problems(), words);
  assert.doesNotMatch(stubborn(3).problems(), words);
});

test('the pool file has a say in what is said of SIGKILL', () => {
  const lines = [...service('TimeoutStopSec', '3s'), ...service('KillSignal', 'SIGINT')];
  assert.match(stubborn(3, lines).problems(), /after TimeoutStopSec=3s: the program does not end at SIGINT/);
});

test.run();
