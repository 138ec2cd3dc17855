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

/** Mounts a small file system on a directory, with the same content. */
const shrink = (m: Machine, folder: string, size: string): Promise<string> =>
  m.run(`mkdir -p /srv/kept; rm -rf /srv/kept/*; cp -a ${folder} /srv/kept/; d=/srv/kept/$(basename ${folder})
    mount -t tmpfs -o size=${size},mode=755 tmpfs ${folder}; chown --reference=$d ${folder}; cp -a $d/. ${folder}/`);
const fill = (m: Machine, folder: string): Promise<string> =>
  m.run(
    `cat /dev/zero >${folder}/fill 2>/dev/null || true; ! echo more >${folder}/more 2>/dev/null || { echo not full; false; }; rm -f ${folder}/more`,
  );
const free = (m: Machine, folder: string): Promise<string> => m.run(`rm ${folder}/fill`);

test("with the controller's directory full, the file is reported, pools keep serving, and recover with space", async () => {
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
    const problem = await untilProblem(m, text => text !== '');
    assert.match(
      problem,
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

test("with nginx's directory full, the file is reported, old files stay whole, and publishing recovers", async () => {
  const m = await machine();
  const folder = '/etc/nginx/cgipool';
  await shrink(m, folder, '64k');
  const load = await underLoad(m, '/good', async () => {
    await fill(m, folder);
    const before = await m.run(`cat ${folder}/*.conf`);
    await m.run('cgipool scale good 3');
    const problem = await untilProblem(m, text => text !== '');
    assert.match(
      problem,
      /nginx: cannot write .*upstreams\.conf.*: no space left, see df \/etc\/nginx\/cgipool/,
    );
    assert.equal(await m.run(`cat ${folder}/*.conf`), before);
    assert.equal(await m.run(`ls ${folder}`), 'access.conf\nfill\nlocations.conf\nupstreams.conf');
    await m.run('nginx -t -q');
    await free(m, folder);
    await m.serving('good', 3, 30);
    await untilProblem(m, text => text === '');
  });
  assert.equal(load.failed, 0, load.summary);
});

test('without space for units, install names the file and keeps the old ones; the next install completes', async () => {
  const m = await machine();
  const folder = '/etc/systemd/system';
  await shrink(m, folder, '256k');
  await addPool(m, 'late', '8100-8103');
  await fill(m, folder);
  const texts = `find ${folder}/cgipool* -type f | sort | xargs cat`;
  const before = await m.run(texts);
  const { code: status, err } = await m.attempt('cgipool install');
  assert.equal(status, 1);
  assert.match(
    err,
    /cannot write \/etc\/systemd\/system\/cgipool-late.*: no space left, see df \/etc\/systemd\/system/,
  );
  assert.equal(await m.run(texts), before);
  assert.equal(await code(m, '/good'), '200');
  await free(m, folder);
  // as after a killed install: the file is up to date, but no daemon has read it
  await m.run(
    'cgipool generate late --out /srv/texts; cp -r /srv/texts/etc/systemd/system/cgipool-late* /etc/systemd/system/',
  );
  await m.run('cgipool install');
  await m.serving('late', 1);
  assert.equal(await code(m, '/late'), '200');
  assert.match(await m.run('cgipool install'), /nothing to change/);
});

test.run();
