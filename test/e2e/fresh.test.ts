import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: a fresh Debian, a fresh clone');
const machine = machineFor(test, 'fresh', async () => {}, 'fresh');

const BROUGHT = ['nginx', 'polkitd', 'gcc', 'make', 'python3'];
const installed = (names: string[]): string =>
  `dpkg-query -W -f '\${db:Status-Status} \${Package}\n' ${names.join(' ')} 2>/dev/null | sed -n 's/^installed //p'`;

test('the machine has only systemd, Node.js and an unbuilt checkout', async () => {
  const m = await machine();
  assert.equal(
    await m.run(`${installed(BROUGHT)}; ls -d node_modules dist services/search 2>/dev/null || :`),
    '',
  );
  assert.equal(await m.run('cat /proc/1/comm'), 'systemd');
});

test('install.sh installs Debian packages, npm packages and the program', async () => {
  const m = await machine();
  const said = await m.run('./install.sh');
  assert.deepEqual((await m.run(installed(BROUGHT))).split('\n').sort(), BROUGHT.toSorted());
  assert.match(said, /^auth: 1 of 1 healthy$/m);
  assert.match(said, /^search: 2 of 2 healthy$/m);
});

test('both sample pools serve through the installed nginx', async () => {
  const m = await machine();
  await m.serving('search', 2);
  await m.serving('auth', 1);
  // curl is not installed
  const get = async (path: string): Promise<Record<string, unknown>> =>
    JSON.parse(
      await m.run(`node -e 'fetch("http://localhost${path}").then(r => r.text()).then(console.log)'`),
    );
  assert.equal((await get('/api/search?q=debian')).query, 'debian');
  assert.equal((await get('/api/auth?user=ada')).user, 'ada');
  assert.equal(await m.run('systemctl is-system-running'), 'running', 'no unit has failed');
});

test('a second run of install.sh changes nothing and says so', async () => {
  const m = await machine();
  const said = await m.run('./install.sh');
  for (const line of ['all Debian packages are installed', 'the program is already built', 'is up to date'])
    assert.ok(said.includes(line), line);
  assert.match(said, /^nothing to change$/m);
});

test.run();
