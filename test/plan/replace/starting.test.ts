import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Directive } from '../../../src/model/pool.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

/* What lines of [Service] do to the lives of instances. */
const test = suite('plan: starts that take long, and ends without a restart');

const lines = (...all: string[]): Directive[] =>
  all.map((text, i) => {
    const [key = '', value = ''] = text.split('=');
    return { key, value, line: i + 1 };
  });

/** A pool of one whose workers systemd restarts after 20 s. */
function patient(slots = [8000, 8001, 8002]): Drive {
  const drive = new Drive(installed(pool({ min: 1, max: 1, slots })));
  drive.fake.delays.restart = () => 20_000;
  drive.run(5000);
  assert.deepEqual(drive.published(), [8000]);
  return drive;
}

/** What status says of a slot. */
const said = (drive: Drive, slot: number): string => drive.state(slot);

test('while systemd waits for RestartSec=, another slot takes over', () => {
  const drive = patient();
  drive.run(10_000);
  drive.fake.kill('search', 8000);
  drive.run(3000);
  assert.deepEqual([drive.published(), drive.slots()], [[8001], [8001]]);
  assert.equal(drive.fake.workers.has('search@8000'), false, 'it does not come back as one too many');
});

test('without another slot the worker has the wait that RestartSec= says, and status says so', () => {
  const drive = patient([8000]);
  drive.fake.kill('search', 8000);
  drive.run(15_000);
  assert.deepEqual(
    drive.kinds().filter(kind => kind === 'stop'),
    [],
  );
  assert.match(said(drive, 8000), /^backing-off: .*RestartSec=/);
  assert.match(drive.problems(), /slot 8000.*RestartSec=/);
  drive.run(10_000);
  assert.deepEqual(drive.published(), [8000]);
  assert.equal(drive.problems(), '');
});

test('a worker that dies while it starts is left to systemd, which restarts it at once', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.fake.delays.restart = () => 300;
  drive.fake.behaviour = () => 'never-ready';
  drive.run(5000);
  drive.fake.kill('search', 8000);
  drive.run(200);
  assert.deepEqual(
    drive.kinds().filter(kind => kind === 'stop'),
    [],
  );
});

test('workers that die at once back off, whatever RestartSec= says', () => {
  const drive = patient([1, 2, 3, 4, 5, 6, 7, 8].map(n => 8000 + n - 1));
  drive.fake.behaviour = () => 'crashes';
  drive.fake.kill('search', 8000);
  const before = drive.fake.starts.length;
  drive.run(300_000);
  const starts = drive.fake.starts.length - before;
  assert.ok(starts >= 5 && starts <= 25, `${starts} starts in 5 min`);
});

test('a worker that was well for long before it dies has a successor at once, each time', () => {
  const drive = patient();
  for (let i = 0; i < 5; i++) {
    drive.run(15_000);
    const [slot] = drive.published();
    assert.ok(slot);
    drive.fake.kill('search', slot);
    drive.run(2500);
    assert.equal(drive.published().length, 1, `death ${i}`);
    assert.notDeepEqual(drive.published(), [slot], `death ${i}`);
  }
});

test('the answer to a probe of a dead life is not told of its successor', () => {
  const drive = patient([8000]);
  const { invocation } = drive.fake.workers.get('search@8000')?.unit ?? { invocation: '' };
  drive.fake.kill('search', 8000);
  const dead = {
    pool: 'search',
    slot: 8000,
    invocation,
    ok: false,
    at: drive.fake.now,
    late: false,
    detail: 'refused',
  };
  drive.run(500, { probes: [dead] });
  assert.doesNotMatch(said(drive, 8000), /refused/);
});

test('a worker that never says that it is ready is given up after StartTimeout=, and another slot is tried', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1, service: lines('Type=notify') })));
  drive.fake.delays.start = () => 3_600_000;
  drive.run(9_000);
  assert.match(said(drive, 8000), /^starting: systemd waits until it is up \(Type=\)/);
  drive.fake.delays.start = () => 10;
  drive.run(3_000);
  assert.deepEqual(drive.published(), [8001]);
  assert.equal(drive.fake.workers.has('search@8000'), false);
  const { message = '' } = drive.memory.pools.search?.slotFailures[8000] ?? {};
  assert.match(message, /^not healthy within 10 s \(systemd waits until it is up \(Type=\)\)$/);
});

test('StartTimeout= begins when systemd has come to the start', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1, service: lines('Type=notify') })));
  drive.run(100);
  const worker = drive.fake.workers.get('search@8000');
  assert.ok(worker);
  const queued = { ...worker.unit, active: 'inactive', sub: 'dead', job: true, invocation: '' } as const;
  drive.run(15_000, { units: [queued] });
  const starting = { ...queued, active: 'activating', sub: 'start' } as const;
  drive.run(9_000, { units: [starting] });
  assert.deepEqual(
    drive.kinds().filter(kind => kind === 'stop'),
    [],
  );
  drive.run(2_000, { units: [starting] });
  assert.ok(drive.kinds().includes('stop'));
});

test('a pool that is stopped does not wait for a start that hangs', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.fake.delays.start = () => 3_600_000;
  drive.run(1000);
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(1000);
  assert.equal(drive.fake.workers.size, 0);
});

test('a start by hand above the desired number comes to its end before it is stopped', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.run(3_000);
  drive.fake.delays.start = () => 500;
  drive.fake.start('search', 8004);
  drive.run(450);
  assert.ok(!drive.kinds().includes('stop'));
  drive.run(3_000);
  assert.deepEqual(drive.slots(), [8000]);
});

/** A worker ends with success and systemd leaves it so; every `every` ms, for `times` times. Returns the starts. */
function endings(drive: Drive, every: number, times: number): number {
  const before = drive.fake.starts.length;
  for (let i = 0; i < times; i++) {
    drive.run(every);
    for (const worker of drive.fake.alive()) worker.leave();
  }
  return drive.fake.starts.length - before;
}

for (const line of ['Restart=no', 'Restart=on-failure', 'RestartPreventExitStatus=0']) {
  const ending = () => new Drive(installed(pool({ min: 1, max: 1, service: lines(line) })));
  test(`workers that keep ending soon back off with ${line}`, () => {
    const starts = endings(ending(), 200, 600);
    assert.ok(starts >= 3 && starts <= 10, `${starts} starts in 2 min`);
  });
  test(`a worker that ends after a while has a successor at once with ${line}`, () => {
    assert.equal(endings(ending(), 12_000, 10), 10);
  });
}

test.run();
