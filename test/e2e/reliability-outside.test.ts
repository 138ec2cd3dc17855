import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch, crowd, row } from './chaos.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: trouble from outside under 200 requests/s');

const URL = '/crowd?q=x&delay=5';

const machine = machineFor(test, 'rel-outside', async m => {
  await bringSearch(m);
  await m.pool('crowd', crowd('/crowd', '8000-8009'));
  await m.install('--no-samples');
});

/** Four other instances serve; the given one may still finish its requests. */
const replaced = (m: Machine, pid: number | undefined): Promise<unknown> =>
  m.until(
    'crowd',
    p => p.instances.filter(i => i.published && i.state === 'healthy' && i.pid !== pid).length === 4,
    30,
  );

/** Mounts a small, full file system on a directory, with the same content. */
const fill = (
  folder: string,
): string => `mkdir -p /srv/kept; cp -a ${folder} /srv/kept/; d=/srv/kept/$(basename ${folder})
  mount -t tmpfs -o size=256k,mode=755 tmpfs ${folder}; chown --reference=$d ${folder}; cp -a $d/. ${folder}/
  cat /dev/zero >${folder}/fill 2>/dev/null || true`;

for (const folder of ['/etc/nginx/cgipool', '/run/cgipool-controller'])
  test(`while ${folder} is full no request is lost to a killed and a hung worker; with space all recovers`, async () => {
    const m = await machine();
    const [first, second] = (await m.serving('crowd', 4, 30)).instances;
    const load = await row(m, `a full disk under ${folder}, a worker killed`, URL, async () => {
      await m.run(fill(folder));
      await m.signal('KILL', 'crowd', first?.slot ?? 0);
      await m.until('crowd', p => p.healthy === 4 && p.instances.every(i => i.pid !== first?.pid));
      await m.run(`rm ${folder}/fill`);
      await m.signal('STOP', 'crowd', second?.slot ?? 0);
      await replaced(m, second?.pid);
    });
    assert.equal(load.failed, 0, load.summary);
    await m.run(`umount -l ${folder}; cgipool scale crowd auto`);
    await m.serving('crowd', 4, 45);
  });

test('if another program takes the port of a free slot no request is lost, and another slot serves', async () => {
  const m = await machine();
  await m.serving('crowd', 4, 30);
  const load = await row(m, 'a stranger on the port of a free slot', URL, async () => {
    await m.run('cgipool scale crowd 3');
    await m.serving('crowd', 3, 30);
    const free = await m.run(
      'for s in 8000 8001 8002 8003 8004 8005; do systemctl -q is-active cgipool-crowd@$s || { echo $s; break; }; done',
    );
    await m.run(
      `systemd-run -q --unit stranger python3 -c 'import socket,time;s=socket.socket();s.setsockopt(1,2,1);s.bind(("127.0.0.1",${free}));s.listen();time.sleep(600)'`,
    );
    await m.await(`ss -Hltn sport = :${free} | grep ${free}`);
    await m.run('cgipool scale crowd 4');
    const pool = await m.serving('crowd', 4, 30);
    assert.ok(pool.instances.every(i => i.slot !== Number(free)));
    assert.match(pool.problems.join(), new RegExp(`a program of user root \\(uid 0\\) listens on ${free}`));
  });
  assert.equal(load.failed, 0, load.summary);
  await m.run('systemctl stop stranger; cgipool scale crowd auto');
});

test('after a reboot the pool serves by itself, and no request after its first answer is lost', async () => {
  const m = await machine();
  await m.run('systemctl enable --quiet nginx.service');
  await m.reboot();
  await m.await("curl -sf -o /dev/null 'http://localhost/crowd?q=x'", 30);
  const load = await row(m, 'from the first answer after a reboot', URL, () => m.serving('crowd', 4, 30));
  assert.equal(load.failed, 0, load.summary);
});

test.run();
