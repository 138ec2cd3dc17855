import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { message } from '../../src/wire/codec.ts';
import { readHttp } from '../../src/wire/http.ts';
import { bytesOf, shown } from './bytes.ts';

const test = suite('HTTP');

type Parsed = [status: number, body: string, rest: string] | null | string;

function read(text: string): Parsed {
  const result = readHttp(bytesOf(text));
  if (!result.ok) return result.error;
  return result.value && [result.value.status, shown(result.value.body), result.value.rest];
}

test('an HTTP request has path, host and Connection: close', () => {
  const request = message('http', { path: '/health?q=1', host: 'localhost:80', script: null, root: null });
  assert.ok(request.ok);
  assert.equal(
    shown(request.value),
    'GET /health?q=1 HTTP/1.1\r\nHost: localhost:80\r\nUser-Agent: cgipool\r\nConnection: close\r\n\r\n',
  );
});

test('an HTTP answer is parsed, complete or not', () => {
  const chunks = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n';
  const rows: [text: string, expected: Parsed][] = [
    ['', null],
    ['HTT', null],
    ['HTTP/1.1 20', null],
    ['HTTP/1.1 200 OK\r\nA: b\r\n', null],
    ['HTTP/1.1 200 OK\r\n\r\na', [200, 'a', 'until the end']],
    ['HTTP/1.0 404\nContent-Length: 1\n\nab', [404, 'a', 'none']],
    ['HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\na', [503, 'a', 'some']],
    ['HTTP/1.1 204 No Content\r\n\r\n', [204, '', 'none']],
    [chunks, [200, 'a', 'some']],
    [`${chunks}0\r\n\r\n`, [200, 'a', 'none']],
  ];
  for (const [text, expected] of rows) assert.deepEqual(read(text), expected, JSON.stringify(text));
});

test('1xx answers are skipped, but not without limit', () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
  assert.equal(read(early), null);
  assert.equal(read(`${early}HTTP/1.1 2`), null);
  assert.match(`${read(early.repeat(10))}`, /^the final answer never arrives/);
  assert.deepEqual(read(`${early}HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\n\r\nb`), [
    404,
    'b',
    'until the end',
  ]);
});

test('an answer that is not HTTP is rejected by its first bytes, an invalid head by its first line', () => {
  for (const text of ['\0', 'HTTX', 'SSH-2.0', 'Status: 200\r\n\r\n', 'http/1.1 200 OK\r\n\r\n', '\r\n\r\n'])
    assert.equal(read(text), 'the answer is not HTTP', JSON.stringify(text));
  for (const text of ['HTTP/1.1 OK\r\n', 'HTTP/1.1 200 OK\r\nbad header\r\n', 'HTTP/1.1 99 A\r\n'])
    assert.match(`${read(text)}`, /^the answer is not HTTP: it does not begin with header lines$/, text);
});

test.run();
