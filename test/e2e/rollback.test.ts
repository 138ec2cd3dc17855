import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { machineFor } from './machine-for.ts';
import { addPool } from './workers/workers.ts';

const test = suite('e2e: rollback');
const machine = machineFor(test, 'rollback', async m => {
  await addPool(m, 'good', '8000-8003', '[Scale]\nCPU=none\n');
  await m.install('--no-samples');
  await m.serving('good', 1);
});

const FILE = '/etc/cgipool/good.pool';
const SNAPSHOTS = '/var/lib/cgipool/snapshots.json';

test('changes of Min= and of Set=, which change no unit, are undone in turn', async () => {
  const m = await machine();
  const first = await m.run(`cat ${FILE}`);
  const header = "curl -si localhost/good | grep -ci '^x-version' || :";
  await m.run(`sed -i 's/^Ports=/Min=3\\nPorts=/' ${FILE}; cgipool install`);
  await m.serving('good', 3);
  await m.run(`sed -i 's/^Location=/Set=add_header X-Version 3\\nLocation=/' ${FILE}; cgipool install`);
  await m.await(`[ "$(${header})" = 1 ]`);
  await m.run('cgipool install --rollback');
  await m.await(`[ "$(${header})" = 0 ]`);
  assert.match(await m.run(`cat ${FILE}`), /^Min=3$/m);
  await m.serving('good', 3);
  await m.run('cgipool install --rollback');
  assert.equal(await m.run(`cat ${FILE}`), first);
  const ran = await m.attempt('cgipool install --rollback');
  assert.equal(ran.code, 1);
  assert.match(ran.err, /^cgipool: nothing older than what is installed is kept/);
  await m.run('cgipool install --rollback --to 2');
  await m.serving('good', 3);
});

test('an install that is killed as soon as it has recorded what it replaces can be undone', async () => {
  const m = await machine();
  const before = await m.run(`cat ${FILE}`);
  await m.run(`sed -i 's/^Min=3/Min=2/' ${FILE}
    cgipool install >/dev/null 2>&1 & p=$!
    until grep -q Min=2 ${SNAPSHOTS}; do kill -0 $p || exit 1; done; kill -KILL $p; wait $p || :`);
  await m.run('cgipool install --rollback');
  assert.equal(await m.run(`cat ${FILE}`), before);
  await m.serving('good', 3);
  assert.match(await m.run('cgipool install'), /^nothing to change$/m);
});

test('only root can read what is kept, or list it', async () => {
  const m = await machine();
  const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
  const asController = 'setpriv --reuid=cgipool --regid=cgipool --init-groups';
  for (const who of [asNobody, asController])
    assert.notEqual((await m.attempt(`${who} cat ${SNAPSHOTS}`)).code, 0, who);
  assert.equal(
    (await m.attempt(`${asNobody} cgipool install --rollback --list`)).err,
    'cgipool: cgipool install --rollback --list reads files that only root can read: use sudo cgipool install --rollback --list',
  );
});

test.run();
