import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { both } from './both.ts';
import { Client, get, withClient } from './client.ts';
import { type Program, searchProgram, withWorker } from './program.ts';

const test = suite('services: connections');

const keepAlive = (target: string, fields = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;

const echoed = (program: Program, body: string): unknown => JSON.parse(body)[program.echo];

const ask = ({ parameter }: Program, value: string): string => `/?${parameter}=${value}`;

both(test, 'pipelined requests are answered in order, and their bodies skipped', program =>
  withWorker(program, 'tcp', worker =>
    withClient(worker, async client => {
      const bodies = keepAlive(ask(program, 'b'), 'Content-Length: 14\r\n');
      client.send(
        `${keepAlive(ask(program, 'a'))}${bodies}GET / HTTP/1.1${keepAlive(ask(program, 'c'))}\r\n${get(ask(program, 'd'))}`,
      );
      for (const expected of ['a', 'b', 'c', 'd'])
        assert.equal(echoed(program, (await client.answer()).body), expected);
      assert.equal(await client.closed(), '');
    }),
  ),
);

both(test, '300 pipelined requests in one write are answered in order', program =>
  withWorker(program, 'unix', worker =>
    withClient(worker, async client => {
      const values = Array.from({ length: 300 }, (_, i) => `v${i}`);
      client.send(values.map(value => keepAlive(ask(program, value))).join(''));
      for (const value of values) assert.equal(echoed(program, (await client.answer()).body), value);
    }),
  ),
);

both(test, 'HEAD has the Content-Length of GET, and the connection stays usable', program =>
  withWorker(program, 'tcp', worker =>
    withClient(worker, async client => {
      client.send(`HEAD ${ask(program, 'x')} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const head = await client.answer(true);
      client.send(keepAlive(ask(program, 'x')));
      const full = await client.answer();
      assert.equal(head.headers.get('content-length'), full.headers.get('content-length'));
      assert.equal(full.body.length, Number(full.headers.get('content-length')));
    }),
  ),
);

both(test, 'Expect: 100-continue gets a 100 before the body', program =>
  withWorker(program, 'tcp', worker =>
    withClient(worker, async client => {
      client.send(keepAlive(ask(program, 'x'), 'Content-Length: 3\r\nExpect: 100-Continue\r\n'));
      assert.equal((await client.answer()).status, 100);
      client.send(`abc${get(ask(program, 'y'))}`);
      assert.equal(echoed(program, (await client.answer()).body), 'x');
      assert.equal(echoed(program, (await client.answer()).body), 'y');
    }),
  ),
);

both(test, 'neither HTTP/1.0 nor a refused body gets a 100', program =>
  withWorker(program, 'tcp', async worker => {
    await withClient(worker, async client => {
      client.send(`GET ${ask(program, 'x')} HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n`);
      client.send('z');
      assert.equal((await client.answer()).status, 200);
    });
    await withClient(worker, async client => {
      client.send(get('/', 'Content-Length: 9999999\r\nExpect: 100-continue\r\n'));
      assert.equal((await client.answer()).status, 413);
    });
  }),
);

both(test, 'the refusal of a large body arrives even if the client goes on sending', program =>
  withWorker(program, 'tcp', worker =>
    withClient(worker, async client => {
      client.send(`${get('/', 'Content-Length: 4000000\r\n')}${'x'.repeat(4_000_000)}`);
      assert.equal((await client.answer()).status, 413);
    }),
  ),
);

both(test, 'a client that closes its side after the request is still answered', program =>
  withWorker(program, 'unix', worker =>
    withClient(worker, async client => {
      client.send(keepAlive(ask(program, 'x')));
      client.finish();
      assert.equal((await client.answer()).status, 200);
      assert.equal(await client.closed(), '');
    }),
  ),
);

const begun = {
  line: 'GET /?',
  header: 'GET / HTTP/1.1\r\nHost: x\r\nA:',
  'end of the header': 'GET / HTTP/1.1\r\nHost: x\r\n',
  body: get('/', 'Content-Length: 5\r\n').concat('ab'),
};
both(test, 'a request that stops midway gets a 408, a silent connection is just closed', program =>
  withWorker(
    program,
    'tcp',
    async worker => {
      for (const [where, text] of Object.entries(begun))
        await withClient(worker, async client => {
          client.send(text);
          assert.equal((await client.answer()).status, 408, where);
          assert.equal(await client.closed(), '', where);
        });
      await withClient(worker, async client => assert.equal(await client.closed(), ''));
    },
    { READ_TIMEOUT_MS: '100' },
  ),
);

both(test, 'a request that trickles in gets a 408 as well', program =>
  withWorker(
    program,
    'tcp',
    worker =>
      withClient(worker, async client => {
        const drip = setInterval(() => client.send('x'), 10);
        client.send('GET /?');
        const answer = await client.answer().finally(() => clearInterval(drip));
        assert.equal(answer.status, 408);
      }),
    { READ_TIMEOUT_MS: '100' },
  ),
);

for (const what of ['silent', 'idle'] as const)
  both(test, `a ${what} client does not block other clients`, program =>
    withWorker(
      program,
      'unix',
      worker =>
        withClient(worker, async lazy => {
          if (what === 'idle') {
            lazy.send(keepAlive(ask(program, 'x')));
            await lazy.answer();
          }
          const began = performance.now();
          await withClient(worker, async other => {
            other.send(get(ask(program, 'y')));
            assert.equal((await other.answer()).status, 200);
          });
          // half of the time that it would wait for its only client
          assert.ok(performance.now() - began < 10_000, `${performance.now() - began} ms`);
        }),
      { READ_TIMEOUT_MS: '20000' },
    ),
  );

both(test, 'delay= and burn= take their time, and invalid values none', program =>
  withWorker(program, 'unix', worker =>
    withClient(worker, async client => {
      const time = async (extra: string): Promise<number> => {
        const began = performance.now();
        client.send(keepAlive(`${ask(program, 'x')}${extra}`));
        assert.equal((await client.answer()).status, 200);
        return performance.now() - began;
      };
      // 2 ms: the two clocks round differently
      assert.ok((await time('&delay=60')) >= 58);
      assert.ok((await time('&burn=60')) >= 58);
      assert.ok((await time('&delay=-1&burn=x')) < 1000);
    }),
  ),
);

test('search: a connection is closed with its answer when others wait', () =>
  withWorker(searchProgram, 'tcp', worker =>
    withClient(worker, async first => {
      first.send(keepAlive('/?q=x&delay=100'));
      // connected means queued by now; the first answer takes longer
      const second = await new Client(worker).connected();
      assert.equal((await first.answer()).headers.get('connection'), 'close');
      second.send(get('/?q=y'));
      assert.equal((await second.answer()).status, 200);
      second.destroy();
    }),
  ));

test.run();
