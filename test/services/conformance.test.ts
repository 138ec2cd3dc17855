import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { type Case, cases, textOf } from './cases.ts';
import { type Answer, type Client, withClient } from './client.ts';
import {
  authProgram,
  checkedProgram,
  type Program,
  searchProgram,
  type Transport,
  type Worker,
  withWorker,
} from './program.ts';

const test = suite('services: HTTP');

/** Splits a request into separate writes. */
type Cut = (text: string) => string[];

const whole: Cut = text => [text];
const byteByByte: Cut = text => text.split('');
/** Pieces of 1 to 97 bytes, the same in each run. */
const pieces: Cut = text => {
  const found: string[] = [];
  for (let at = 0, size = 1; at < text.length; at += size, size = ((size * 31) % 97) + 1)
    found.push(text.slice(at, at + size));
  return found;
};

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

async function deliver(client: Client, parts: string[]): Promise<void> {
  for (const part of parts) {
    client.send(part);
    // wait for the event loop, so that the parts are separate writes
    if (parts.length > 1) await turn();
  }
}

/** Decoders may replace a broken sequence by one or several U+FFFD. */
const oneMark = (text: unknown): string => String(text).replace(/\ufffd+/g, '\ufffd');

function checkHeaders({ status, isHead, stays, header }: Case, answer: Answer): void {
  const value = (name: string): string | undefined => answer.headers.get(name);
  assert.equal(answer.status, status);
  assert.equal(value('content-type'), 'application/json');
  assert.match(value('date') ?? '', /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
  assert.equal(value('connection') === 'close', stays !== true, 'Connection');
  if (isHead) assert.ok(Number(value('content-length')) > 0);
  if (header) assert.equal(value(header[0]), header[1]);
}

function checkBody(program: Program, { status, echo }: Case, answer: Answer): void {
  const found = JSON.parse(Buffer.from(answer.body, 'latin1').toString('utf8')) as Record<string, unknown>;
  if (status !== 200) assert.equal(typeof found.error, 'string');
  if (status === 200) assert.equal(typeof found.pid, 'number');
  if (echo !== undefined) assert.equal(oneMark(found[program.echo]), echo);
}

async function check(program: Program, worker: Worker, one: Case, cut: Cut): Promise<void> {
  await withClient(worker, async client => {
    await deliver(client, cut(textOf(one, program.parameter)));
    const answer = await client.answer(one.isHead);
    checkHeaders(one, answer);
    if (!one.isHead) checkBody(program, one, answer);
    // nothing follows if Content-Length is exact
    if (!one.stays) assert.equal(await client.closed(), '');
  });
}

async function checkAll(program: Program, transport: Transport, cut: Cut): Promise<void> {
  const failures: string[] = [];
  await withWorker(program, transport, async worker => {
    for (const one of cases)
      await check(program, worker, one, cut).catch(error => failures.push(`${one.name}: ${error.message}`));
    assert.equal(worker.child.exitCode, null, worker.stderr);
  });
  assert.deepEqual(failures, []);
}

for (const program of [searchProgram, authProgram]) {
  test(`${program.name}: all requests of the table over tcp`, () => checkAll(program, 'tcp', whole));
  test(`${program.name}: all requests of the table over unix`, () => checkAll(program, 'unix', whole));
  test(`${program.name}: all requests of the table in pieces`, () => checkAll(program, 'tcp', pieces));
}
test('search-sanitized: all requests of the table in pieces', () => checkAll(checkedProgram, 'unix', pieces));

for (const program of [searchProgram, authProgram])
  test(`${program.name}: a request byte by byte`, () =>
    withWorker(program, 'tcp', async worker => {
      const one: Case = { name: 'bytes', status: 200, echo: 'é', send: '' };
      const send = `GET /?${program.parameter}=%C3%A9 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`;
      await check(program, worker, { ...one, send }, byteByByte);
    }));

for (const program of [searchProgram, authProgram])
  test(`${program.name}: the fields and results of an answer`, () =>
    withWorker(program, 'tcp', async worker => {
      await withClient(worker, async client => {
        const ask = async (target: string): Promise<Record<string, unknown>> => {
          client.send(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
          return JSON.parse((await client.answer()).body);
        };
        const found = await ask(`/?${program.parameter}=NGINX`);
        assert.equal(found.pid, worker.child.pid);
        assert.deepEqual(Object.keys(found), expectedKeys[program.parameter]);
        if (program === searchProgram) {
          assert.deepEqual(found.results, ['Load balancing with nginx']);
          // every word must match, in the title or in the sentence, in any order and case
          const { results } = await ask('/?q=upstream++BALANCING');
          assert.deepEqual(results, ['Load balancing with nginx']);
          assert.deepEqual((await ask('/?q=balancing+nosuchword')).results, []);
          assert.deepEqual((await ask('/?q=++')).results, []);
        }
      });
    }));

const expectedKeys = { q: ['query', 'results', 'pid'], user: ['user', 'token', 'pid'] };

test('auth: the token is the HMAC of the user under AUTH_KEY', () =>
  withWorker(
    authProgram,
    'tcp',
    async worker => {
      const { createHmac } = await import('node:crypto');
      await withClient(worker, async client => {
        client.send('GET /?user=%FFada HTTP/1.1\r\nHost: x\r\n\r\n');
        const { token } = JSON.parse((await client.answer()).body);
        const expected = createHmac('sha256', 'secret')
          .update(Buffer.from('\xffada', 'latin1'))
          .digest('hex');
        assert.equal(token, expected);
      });
    },
    { AUTH_KEY: 'secret' },
  ));

test.run();
