import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import { addPool, code, underLoad, untilProblem } from './workers/workers.ts';

const test = suite('e2e: full disks');
const machine = machineFor(test, 'failures-disk', async m => {
  await addPool(m, 'good', '8000-8004', '[Scale]\nCPU=none\n');
  await m.install('--no-samples');
});

/** Puts a small file system of its own under a folder, with what is in it. */
const shrink = (m: Machine, folder: string, size: string): Promise<string> =>
  m.run(`mkdir -p /srv/kept; rm -rf /srv/kept/*; cp -a ${folder} /srv/kept/; d=/srv/kept/$(basename ${folder})
    mount -t tmpfs -o size=${size},mode=755 tmpfs ${folder}; chown --reference=$d ${folder}; cp -a $d/. ${folder}/`);
const fill = (m: Machine, folder: string): Promise<string> =>
  m.run(
    `cat /dev/zero >${folder}/fill 2>/dev/null || true; ! echo more >${folder}/more 2>/dev/null || { echo not full; false; }; rm -f ${folder}/more`,
  );
const free = (m: Machine, folder: string): Promise<string> => m.run(`rm ${folder}/fill`);

test("the controller's folder is full: told with its file, what serves goes on; with space it catches up", async () => {
  const m = await machine();
  const folder = '/run/cgipool-controller';
  await m.serving('good', 1);
  await m.run('systemctl stop cgipool.service');
  await shrink(m, folder, '256k');
  await m.run('systemctl start cgipool.service');
  await m.serving('good', 1);
  const load = await underLoad(m, '/good', async () => {
    await fill(m, folder);
    await m.run('cgipool scale good 2');
    const told = await untilProblem(m, text => text !== '');
    assert.match(
      told,
      /cannot publish: cannot write .*publish\.json: no space left, see df \/run\/cgipool-controller/,
    );
    await m.await(
      `journalctl -q -o cat -p err -u cgipool | grep 'memory.json: no space left.*continuing without it'`,
    );
    await m.run(`node -e 'JSON.parse(require("fs").readFileSync("${folder}/memory.json", "utf8"))'`);
    assert.equal((await m.attempt(`ls ${folder} | grep tmp`)).out, '');
    await free(m, folder);
    await m.serving('good', 2, 30);
    await untilProblem(m, text => text === '');
  });
  assert.equal(load.failed, 0, load.summary);
});

test("nginx's folder is full: told with its file, the old text whole; with space it catches up", async () => {
  const m = await machine();
  const folder = '/etc/nginx/cgipool';
  await shrink(m, folder, '64k');
  const load = await underLoad(m, '/good', async () => {
    await fill(m, folder);
    const before = await m.run(`cat ${folder}/*.conf`);
    await m.run('cgipool scale good 3');
    const told = await untilProblem(m, text => text !== '');
    assert.match(
      told,
      /nginx: cannot write .*upstreams\.conf.*: no space left, see df \/etc\/nginx\/cgipool/,
    );
    assert.equal(await m.run(`cat ${folder}/*.conf`), before);
    assert.equal(await m.run(`ls ${folder}`), 'fill\nlocations.conf\nupstreams.conf');
    await m.run('nginx -t -q');
    await free(m, folder);
    await m.serving('good', 3, 30);
    await untilProblem(m, text => text === '');
  });
  assert.equal(load.failed, 0, load.summary);
});

test('no space for units: install fails with the file, the old ones whole; the next install takes all up', async () => {
  const m = await machine();
  const folder = '/etc/systemd/system';
  await shrink(m, folder, '256k');
  await addPool(m, 'late', '8100-8103');
  await fill(m, folder);
  const before = await m.run(`cat ${folder}/cgipool*`);
  const { code: status, err } = await m.attempt('cgipool install');
  assert.equal(status, 1);
  assert.match(
    err,
    /cannot write \/etc\/systemd\/system\/cgipool-late.*: no space left, see df \/etc\/systemd\/system/,
  );
  assert.equal(await m.run(`cat ${folder}/cgipool*`), before);
  assert.equal(await code(m, '/good'), '200');
  await free(m, folder);
  // as a killed install leaves it: a file that is as it should be, and that no daemon has read
  await m.run(
    'cgipool generate late --out /srv/texts; cp /srv/texts/etc/systemd/system/cgipool-late* /etc/systemd/system/',
  );
  await m.run('cgipool install');
  await m.serving('late', 1);
  assert.equal(await code(m, '/late'), '200');
  assert.match(await m.run('cgipool install'), /nothing to change/);
});

test.run();
