import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool } from './echo-pool.ts';
import { machineFor } from './machine-for.ts';

const test = suite('e2e: the publish step');

const URL = 'http://localhost/api';

const machine = machineFor(test, 'publish', async m => {
  await bringEcho(m);
  await m.pool('echo', echoPool({ ports: '8000-8009', max: 5, location: '/api' }));
  await m.install('--no-samples');
  await m.serving('echo', 1);
});

/** nginx's worker processes, which change with each reload. */
const generationOf = (m: Machine): Promise<string> =>
  m.await(`! pgrep -f 'n[g]inx: worker process is shutting down' && pgrep -P $(cat /run/nginx.pid)`);
/** The number of reloads that the controller requested. */
const reloads = async (m: Machine): Promise<number> =>
  Number(await m.run("journalctl -u cgipool.service -o cat | grep -c '^publish: ' || true"));
const TEXTS = 'sha256sum /etc/nginx/conf.d/cgipool.conf /etc/nginx/cgipool/*';
const texts = (m: Machine): Promise<string> => m.run(TEXTS);
const healed = (m: Machine, seconds = 30): Promise<string> =>
  m.await(
    `cgipool status --json | node -e 'const s = JSON.parse(require("fs").readFileSync(0)); process.exit(s.problems.length)'`,
    seconds,
  );

test('nginx is not reloaded if its configuration does not change', async () => {
  const m = await machine();
  const before = [await generationOf(m), await reloads(m)];
  await m.run('cgipool install; systemctl start cgipool-publish.service');
  const { pid } = (await m.serving('echo', 1)).instances[0] ?? { pid: 0 };
  assert.ok(pid > 1);
  await m.run(`kill -KILL ${pid}; systemctl restart cgipool.service`);
  await m.await('cgipool status');
  await m.until('echo', p => p.state === 'ok' && p.instances[0]?.pid !== pid);
  assert.deepEqual([await generationOf(m), await reloads(m)], before);
});

test('several changes in a short time cause one or two reloads', async () => {
  const m = await machine();
  const [workers, before] = [await generationOf(m), await reloads(m)];
  await m.run('cgipool scale echo 5');
  await m.serving('echo', 5);
  const made = (await reloads(m)) - before;
  assert.ok(made === 1 || made === 2, `${made}`);
  assert.notEqual(await generationOf(m), workers);
  await m.run('cgipool scale echo 1');
  await m.serving('echo', 1);
});

const REQUEST = '/run/cgipool-controller/publish.json';
const HOSTILE: Record<string, [string, RegExp]> = {
  'a slot as text': [
    `echo '{"generation":9,"live":{"echo":["8000; access_log /x"]}}' >F`,
    /not a list of numbers/,
  ],
  'a slot as an object': [
    `echo '{"generation":9,"live":{"echo":[{"toString":1}]}}' >F`,
    /not a list of numbers/,
  ],
  'slots as an object': [`echo '{"generation":9,"live":{"echo":{"length":1}}}' >F`, /not a list of numbers/],
  'a broken number': [`echo '{"generation":9,"live":{"echo":[8000.5]}}' >F`, /not a list of numbers/],
  'a prototype': [
    `echo '{"generation":9,"live":{"__proto__":{"echo":[22]},"echo":["23"]}}' >F`,
    /not a list/,
  ],
  'a generation as text': [`echo '{"generation":"9; }","live":{"echo":[8000]}}' >F`, /malformed/],
  nothing: ['echo null >F', /malformed/],
  'no JSON': ["echo '{' >F", /JSON/],
  'deep nesting': [`node -e 'console.log("[".repeat(2e6))' >F`, /was refused/],
  'five megabytes': [
    `(echo '{"generation":9,"live":{"echo":[8000]}}'; head -c 5M /dev/zero | tr '\\0' ' ') >F`,
    /larger than \d+ bytes/,
  ],
  'a link to a secret': ['ln -s /etc/shadow F', /was refused/],
  'a FIFO': ['mkfifo F', /regular file/],
  'a folder': ['mkdir F', /was refused/],
  'a second name': [`echo '{"generation":9,"live":{"echo":[8000]}}' >F2; ln F2 F`, /second name/],
};

test('a publish request that the installed pools do not allow is refused, and nginx stays unchanged', async () => {
  const m = await machine();
  await m.run(`systemctl stop cgipool.service; cp ${REQUEST} /run/good.json`);
  const [before, workers] = [await texts(m), await generationOf(m)];
  for (const [what, [write, refusal]] of Object.entries(HOSTILE)) {
    const since = await m.mark();
    const script = `cd /run/cgipool-controller; rm -rf F F2; ${write}`.replaceAll(
      /\bF(2?)\b/g,
      'publish.json$1',
    );
    await m.run(`setpriv --reuid=cgipool --regid=cgipool --clear-groups bash -c "$(cat)"`, script);
    const step = `timeout 20 systemctl start cgipool-publish.service; echo $?; cat /run/cgipool-publish/result.json
      ${TEXTS}; curl -s -o /dev/null -w '%{http_code}' ${URL}`;
    const [code, result = '', ...rest] = (await m.run(step)).split('\n');
    assert.equal(code, '1', what);
    const { error, live } = JSON.parse(result);
    assert.match(error, refusal, what);
    assert.ok(error.includes(REQUEST), `${what}: ${error}`);
    assert.doesNotMatch(error, /root:/, what);
    assert.deepEqual(live, { echo: [8000] }, what);
    assert.equal(rest.pop(), '200', what);
    assert.equal(rest.join('\n'), before, what);
    const journal = await m.run(`journalctl -o cat -t cgipool-publish ${since}`);
    assert.match(journal, refusal, what);
  }
  assert.equal(await generationOf(m), workers);
  await m.run(
    'rm -rf /run/cgipool-controller/publish.json*; cp /run/good.json /run/cgipool-controller/publish.json',
  );
  await m.run('systemctl start cgipool-publish.service cgipool.service');
  await healed(m);
});

test('of publish requests that are constantly exchanged with links and FIFOs only the valid one is accepted', async () => {
  const m = await machine();
  await m.run(`systemctl stop cgipool.service; cp ${REQUEST} /run/good.json`);
  const exchange = `cd /run/cgipool-controller; rm -rf publish.json; while [ ! -e /run/enough ]; do
    ln -s /etc/shadow l; mv -fT l publish.json; mkfifo p; mv -fT p publish.json
    cp /run/good.json g; mv -fT g publish.json; done; rm -rf l p g`;
  await m.run('rm -f /run/enough');
  const exchanging = m.run(
    `setpriv --reuid=cgipool --regid=cgipool --clear-groups bash -c "$(cat)"`,
    exchange,
  );
  const step = 'timeout 20 systemctl start cgipool-publish.service; cat /run/cgipool-publish/result.json';
  const results = await m.run(`for i in $(seq 12); do ${step}; done; touch /run/enough`);
  await exchanging;
  assert.equal(results.match(/"generation"/g)?.length, 12);
  assert.doesNotMatch(results, /root:/);
  for (const [, live = ''] of results.matchAll(/"live":(\{[^}]*\})/g)) assert.equal(live, '{"echo":[8000]}');
  await m.run(`cp /run/good.json ${REQUEST}; systemctl start cgipool-publish.service cgipool.service`);
  await healed(m);
});

/** Requests a set of live slots in place of the controller. */
const order = (live: string): string =>
  `echo '{"generation":'$(date +%s%3N)',"live":{"echo":[${live}]},"weights":{}}' >${REQUEST}`;
const reported = (live: string): string =>
  `grep -F '"live":{"echo":[${live}]}' /run/cgipool-publish/result.json`;

test('a publish is reported only once no old nginx worker accepts requests', async () => {
  const m = await machine();
  await m.run(`systemctl stop cgipool.service; ${order('8000')}`);
  await m.run('systemctl start cgipool-publish.service');
  const old = (await generationOf(m)).split('\n').join(' ');
  // like on an overloaded machine: they see neither the new configuration nor a request
  await m.run(`kill -STOP ${old}; ${order('8000,8001')}; systemctl start --no-block cgipool-publish.service`);
  await m.await(`pgrep -P $(cat /run/nginx.pid) | grep -vwE '${old.replaceAll(' ', '|')}'`);
  await assert.rejects(m.await(reported('8000,8001'), 1));
  await m.run(`kill -CONT ${old}`);
  await m.await(reported('8000,8001'));
  // the controller detects that this is not the wanted set
  await m.run('systemctl start cgipool.service');
  await m.await(reported('8000'));
  await healed(m);
});

/** nginx -t does not end while /run/slow exists. */
const SLOW = `#!/bin/sh
if [ -e /run/slow ] && [ "$1 $2" = "-t -q" ]; then : >/run/testing; exec sleep 1000; fi
exec /usr/sbin/nginx.real "$@"
`;

test('a publish step killed half-way leaves no untested configuration behind', async () => {
  const m = await machine();
  await m.run('mv /usr/sbin/nginx /usr/sbin/nginx.real');
  await m.write('/usr/sbin/nginx', SLOW);
  await m.run('chmod 755 /usr/sbin/nginx; touch /run/slow');
  const before = await texts(m);
  await m.write(
    '/etc/cgipool/cgipool.conf',
    '[Nginx]\nTLSCertificate=/etc/ssl/no.pem\nTLSKey=/etc/ssl/no.key\n',
  );
  const installing = m.attempt('cgipool install');
  await m.await('ls /run/testing');
  assert.notEqual(await texts(m), before, 'the step was killed half-way');
  await m.run('rm /run/slow; systemctl kill -s KILL cgipool-publish.service');
  const { code, err } = await installing;
  assert.equal(code, 2);
  assert.match(err, /cgipool\.conf:2: .*cannot load certificate "\/etc\/ssl\/no\.pem"/);
  // between two attempts: during each, the new files are there for nginx to test
  await m.await(`nginx -t && [ "$(${TEXTS})" = "${before}" ]`);
  await m.run('rm /etc/cgipool/cgipool.conf; cgipool install');
  await m.run('mv /usr/sbin/nginx.real /usr/sbin/nginx');
  await healed(m);
  await m.run('cgipool scale echo 3');
  await m.serving('echo', 3);
});

test.run();
