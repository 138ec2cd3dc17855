import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, behave } from './workers/workers.ts';

const test = suite('e2e: install waits for what it changed');
const machine = machineFor(test, 'rollouts', async m => {
  await addPool(m, 'good', '8000-8009', '[Scale]\nCPU=none\n[Health]\nStartTimeout=2s\n');
  await m.install('--no-samples');
  await behave(m, 'other', 'ok');
  await behave(m, 'sleepy', 'ok');
});

const FILE = '/etc/cgipool/good.pool';
const edit = (m: Machine, expression: string, file = FILE): Promise<string> =>
  m.run(`sed -i '${expression}' ${file}`);
const lives = async (m: Machine, pool = 'good'): Promise<number[]> =>
  (await m.poolStatus(pool)).instances.filter(i => i.state === 'healthy').map(i => i.pid);

/** What an install said, and how the pool was the moment that it ended. */
async function installed(m: Machine, more = ''): Promise<{ code: number; out: string; err: string }> {
  return m.attempt(`cgipool install ${more}`);
}

test('a changed unit: install ends when new instances serve and no old one does', async () => {
  const m = await machine();
  await edit(m, 's/^Ports=/Min=3\\nPorts=/');
  const grown = await installed(m);
  assert.equal(grown.code, 0, grown.err);
  assert.match(grown.out, /^good: change: start 2 instances$/m);
  assert.doesNotMatch(grown.out, /nothing to change/);
  assert.equal(grown.out.split('\n').at(-1), 'good: 3 of 3 healthy');
  const before = await lives(m);
  assert.equal(before.length, 3, 'they serve already');
  await m.run(`printf '[Service]\\nNice=3\\n' >>${FILE}`);
  const { code, out } = await installed(m);
  assert.equal(code, 0);
  assert.match(out, /^good: change: replace 3 instances$/m);
  assert.match(out, /^good: 1 of 3 healthy, [23] old$/m, 'it shows its progress');
  assert.equal(out.split('\n').at(-1), 'good: 3 of 3 healthy');
  const after = await lives(m);
  assert.deepEqual(
    after.filter(pid => before.includes(pid)),
    [],
  );
});

test('an install that changes nothing waits for nothing', async () => {
  const m = await machine();
  const { code, out } = await installed(m);
  assert.deepEqual([code, out], [0, 'nothing to change\ngood: 3 of 3 healthy']);
});

test('a version that cannot start: exit 1 with its own reason, while the old one goes on', async () => {
  const m = await machine();
  const before = await lives(m);
  await edit(m, 's/^Nice=3/Nice=4/');
  await behave(m, 'good', 'exit 3');
  const { code, out, err } = await installed(m);
  assert.equal(code, 1);
  assert.match(
    err,
    /^cgipool: good did not come up: no instance has become healthy since the pool changed at .*status 3/m,
  );
  assert.match(
    err,
    /the rollout is halted, 3 old instances keep serving; .*--rollback good \(journalctl -u 'cgipool-good@\*'\)$/m,
  );
  assert.match(out, /^good: 0 of 3 healthy, 3 old$/m);
  assert.deepEqual(await lives(m), before);
});

test('the next version is told apart from the one before it, and from other pools that are down', async () => {
  const m = await machine();
  await edit(m, 's/^Nice=4/Nice=5/');
  await behave(m, 'good', 'exit 4');
  const failed = await installed(m);
  assert.equal(failed.code, 1);
  assert.match(failed.err, /status 4/);
  assert.doesNotMatch(failed.out + failed.err, /status 3/);
  const again = await installed(m);
  assert.deepEqual([again.code, /^nothing to change$/m.test(again.out)], [1, true], 'it has not come up yet');
  // not by addPool: workers that keep starting hold the program open
  await m.pool('other', '[Pool]\nExec=/srv/worker.py %i other\nPorts=8100-8101\n[Nginx]\nLocation=/other\n');
  const other = await installed(m);
  assert.equal(other.code, 0, other.err);
  assert.match(other.out, /^other: 1 of 1 healthy$/m);
  assert.match(other.out, /^good: 0 of 3 healthy, 3 old\n {2}no instance has become healthy/m);
  await behave(m, 'good', 'ok');
  await edit(m, 's/^Nice=5/Nice=6/');
  const cured = await installed(m);
  assert.deepEqual([cured.code, cured.err], [0, '']);
  assert.doesNotMatch(cured.out, /status 4/);
});

test('a pool that was down before is said to be so', async () => {
  const m = await machine();
  await behave(m, 'other', 'exit 5');
  await m.run('systemctl kill -s KILL cgipool-other@8100');
  await m.until('other', p => p.state === 'down' && p.rollout === 'halted');
  await m.run("sed -i 's/^Ports=/Min=2\\nPorts=/' /etc/cgipool/other.pool");
  const { code, err } = await installed(m);
  assert.equal(code, 1);
  assert.match(err, /^cgipool: other did not come up, as before this install: .*status 5/m);
  await behave(m, 'other', 'ok');
  await m.run('cgipool start other --wait');
  assert.equal((await lives(m, 'other')).length, 2);
});

test('one that never becomes healthy is given up after its own StartTimeout=', async () => {
  const m = await machine();
  await behave(m, 'good', 'silent');
  await edit(m, 's/^Nice=6/Nice=7/');
  const began = performance.now();
  const { code, err } = await installed(m);
  assert.equal(code, 1);
  assert.match(err, /^cgipool: good did not come up: .*not healthy within/m);
  assert.ok(performance.now() - began < 20_000);
  await behave(m, 'good', 'ok');
  assert.match(await m.run('cgipool install --rollback good'), /^good: 3 of 3 healthy$/m);
});

test('--no-wait ends at once, and a stopped pool stays stopped', async () => {
  const m = await machine();
  await behave(m, 'good', 'exit 3');
  await edit(m, 's/^Nice=6/Nice=8/');
  const { code, out } = await installed(m, '--no-wait');
  assert.equal(code, 0);
  assert.doesNotMatch(out, /healthy/);
  await behave(m, 'good', 'ok');
  await m.run('cgipool stop good --wait');
  assert.deepEqual(
    (await m.poolStatus('good')).instances.filter(i => i.state !== 'backing-off'),
    [],
  );
  await edit(m, 's/^Nice=8/Nice=9/');
  const stopped = await installed(m);
  assert.equal(stopped.code, 0);
  assert.match(stopped.out, /^good: change: no instance to replace, start or stop$/m);
  assert.match(stopped.out, /^good: stopped; cgipool start good starts it$/m);
  const started = await m.run('cgipool start good --wait');
  assert.match(started, /^good: 3 of 3 healthy$/m);
  assert.equal((await m.poolStatus('good')).state, 'ok');
});

test('scale and restart wait with --wait, and say what is still awaited', async () => {
  const m = await machine();
  assert.match(await m.run('cgipool scale good 5 --wait'), /^good: 5 of 5 healthy$/m);
  assert.equal((await lives(m)).length, 5);
  await m.run('cgipool scale good 2 --wait');
  const before = await lives(m);
  assert.equal(before.length, 2);
  assert.equal((await m.poolStatus('good')).instances.length, 2);
  await m.run('cgipool restart good --wait');
  const after = await lives(m);
  assert.equal(after.length, 2);
  assert.deepEqual(
    after.filter(pid => before.includes(pid)),
    [],
  );
  await behave(m, 'good', 'exit 7');
  const { code, err } = await m.attempt('cgipool restart good --wait');
  assert.equal(code, 1);
  assert.match(err, /^cgipool: good did not come up again: .*status 7/m);
  await behave(m, 'good', 'ok');
  await m.run('cgipool restart good --wait; cgipool scale good auto --wait');
});

test('a new pool that sleeps is well', async () => {
  const m = await machine();
  await addPool(m, 'sleepy', '8200-8201', '[Scale]\nCPU=none\n');
  await m.run("sed -i 's/^Ports=/Min=0\\nPorts=/' /etc/cgipool/sleepy.pool");
  const { code, out } = await installed(m);
  assert.equal(code, 0);
  assert.match(out, /^sleepy: add: no instance to replace, start or stop$/m);
  assert.match(out, /^sleepy: asleep until a request comes$/m);
  await m.run('rm /etc/cgipool/sleepy.pool; cgipool install');
});

/** The files that install writes, with their text. */
const WRITTEN =
  '/etc/systemd/system /etc/nginx /etc/dbus-1/system.d /etc/polkit-1/rules.d /etc/sysusers.d /etc/tmpfiles.d /etc/needrestart/conf.d';
/** The upstreams are the controller's doing. */
const sums = async (m: Machine): Promise<Map<string, string>> => {
  const out = await m.run(`find ${WRITTEN} -type f ! -name upstreams.conf -exec sha256sum {} +`);
  return new Map(out.split('\n').map(line => [line.slice(66), line.slice(0, 64)]));
};

/** What a dry run says of files, and of one pool's instances. */
function promised(out: string, pool: string): { files: string[]; counts: [number, number, number] } {
  const files = out.split('\n').filter(line => /^[+~-] \/etc\//.test(line));
  const line = out.split('\n').find(l => l.startsWith(`${pool}: `)) ?? '';
  const [replaced, started, stopped] = ['replace', 'start', 'stop'].map(verb =>
    Number(new RegExp(`${verb} (\\d+) instance`).exec(line)?.[1] ?? 0),
  );
  return { files, counts: [replaced ?? 0, started ?? 0, stopped ?? 0] };
}

const CASES: Record<string, { change: string; counts: [number, number, number] }> = {
  'Min= alone': { change: `sed -i 's/^Min=.*/Min=5/' ${FILE}`, counts: [0, 2, 0] },
  'a unit': { change: `sed -i 's/^Nice=.*/Nice=11/' ${FILE}`, counts: [5, 0, 0] },
  'a route alone': { change: `sed -i 's,^Location=/good,Location=/better,' ${FILE}`, counts: [0, 0, 0] },
  'ports that are gone': { change: `sed -i 's/^Ports=.*/Ports=8001-8012/' ${FILE}`, counts: [-1, 0, 0] },
  'Max= below what runs': { change: `sed -i 's/^Min=.*/Min=1\\nMax=2/' ${FILE}`, counts: [0, 0, 4] },
  'a unit and Min= at once': {
    change: `sed -i 's/^Nice=.*/Nice=12/; s/^Min=.*/Min=4/; s/^Max=.*/Max=9/' ${FILE}`,
    counts: [1, 3, 0],
  },
};

for (const [name, { change, counts }] of Object.entries(CASES))
  test(`a dry run says what install then does: ${name}`, async () => {
    const m = await machine();
    const running = (await m.until('good', p => p.rollout === 'complete' && p.instances.length === p.desired))
      .instances;
    const before = await sums(m);
    await m.run(change);
    const dry = await m.run('cgipool install --dry-run');
    assert.deepEqual(await sums(m), before, 'it changes nothing');
    assert.match(dry, /^@@ /m, 'it shows the keys');
    const said = promised(dry, 'good');
    await m.run('cgipool install');
    const now = await m.until('good', p => p.rollout === 'complete' && p.instances.length === p.desired);
    const after = await sums(m);
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      f => before.get(f) !== after.get(f),
    );
    assert.deepEqual(said.files.map(line => line.slice(2)).sort(), changed.sort());
    const stayed = now.instances.filter(i => running.some(r => r.pid === i.pid)).length;
    const [gone, come] = [running.length - stayed, now.instances.length - stayed];
    const replaced = Math.min(gone, come);
    const done = [replaced, come - replaced, gone - replaced];
    assert.deepEqual(said.counts, done);
    if (counts[0] >= 0) assert.deepEqual(done, counts);
  });

test('a dry run says that the controller is restarted for a newer program, and it is', async () => {
  const m = await machine();
  const pid = (): Promise<string> => m.run('systemctl show -P MainPID cgipool.service');
  const before = await pid();
  assert.equal(await m.run('cgipool install --dry-run'), 'nothing to change');
  await m.run('touch /usr/local/lib/cgipool/cgipool.mjs');
  assert.equal(
    await m.run('cgipool install --dry-run'),
    'cgipool.service: restart\n0 files would change (dry run)',
  );
  assert.equal(await pid(), before);
  assert.match(await m.run('cgipool install'), /^cgipool\.service: restart$/m);
  assert.notEqual(await pid(), before);
  assert.equal(await m.run('cgipool install --dry-run'), 'nothing to change');
});

test.run();
