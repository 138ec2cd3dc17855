import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: other programs on the port of an instance');

const MALLORY = 'user mallory (uid 1001)';
const at = (...slots: number[]): { strangers: Map<string, string> } => ({
  strangers: new Map(slots.map(slot => [`cgipool-search@${slot}.service`, MALLORY])),
});

function serving(): Drive {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  return drive;
}

test('an instance whose port another user has is unpublished at once, and another slot takes over', () => {
  const drive = serving();
  drive.fake.advance(100);
  const actions = drive.pass(at(8000));
  assert.deepEqual(
    actions.flatMap(a => (a.kind === 'publish' ? [a.live.search] : [])),
    [[8001]],
  );
  drive.run(5000, at(8000));
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8001, 8002]);
});

test('probes that another program answers do not make an instance healthy', () => {
  const drive = new Drive(installed(pool()));
  drive.run(10_000, at(8000, 8001, 8002));
  assert.deepEqual(drive.published(), [8003, 8004], 'only slots without another program');
});

test('a drain is not cancelled of an instance whose port another user has', () => {
  const drive = serving();
  // what drains may finish its requests
  for (const each of drive.fake.alive()) each.connections = 1;
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8000, 8001]);
  const before = drive.actions.length;
  drive.pass({ ...at(8000), commands: [{ kind: 'start', pool: 'search' }] });
  drive.run(5000, at(8000));
  const sets = drive.actions.slice(before).flatMap(a => (a.kind === 'publish' ? [a.live.search] : []));
  assert.ok(!sets.flat().includes(8000), JSON.stringify(sets));
  assert.ok(drive.published().includes(8001), 'the other one is well, and stays');
});

test('the failure of an impersonated instance names the user', () => {
  const drive = serving();
  drive.fake.advance(100);
  drive.pass(at(8001));
  const texts = drive.memory.pools.search?.events.map(event => event.text) ?? [];
  assert.ok(texts.includes(`slot 8001 failed: ${MALLORY} listens on its port`), texts.join('\n'));
});

test('however often another user takes the port of an instance, its successor waits no longer for it', () => {
  const drive = serving();
  for (let times = 0; times < 12; times++) {
    const [victim = 0] = drive.published();
    drive.run(2500, at(victim));
    assert.equal(drive.published().length, 2, `the ${times + 1}th time`);
    assert.ok(!drive.published().includes(victim));
    drive.run(2500);
  }
});

test('during an outage an impersonated instance is unpublished all the same', () => {
  const drive = serving();
  for (const worker of drive.fake.workers.values()) worker.behaviour = 'freezes';
  drive.run(6000);
  const before = drive.published();
  drive.run(3000, at(...before.slice(0, 1)));
  assert.ok(!drive.published().includes(before[0] ?? 0), `${drive.published()}`);
});

test('with Listen=fd instances are restarted in place, so that their ports are never free', () => {
  const drive = new Drive(installed(pool({ activated: true, slots: [8000, 8001] })));
  drive.fake.activated.add('search');
  drive.run(5000);
  const from = drive.actions.length;
  drive.pass({ commands: [{ kind: 'restart', pool: 'search' }] });
  drive.run(15_000);
  const done = drive.actions.slice(from).flatMap(a => ('slot' in a ? [`${a.kind} ${a.slot}`] : []));
  assert.deepEqual(done.sort(), ['restart 8000', 'restart 8001']);
  assert.deepEqual(drive.published(), [8000, 8001]);
});

test.run();
