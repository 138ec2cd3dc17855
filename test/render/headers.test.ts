import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Pool } from '../../src/model/pool.ts';
import { BLANK_HEADERS, setsOwnHeader } from '../../src/model/proxy-headers.ts';
import { marked, page, quoted, tableRows } from '../house/page.ts';
import { poolOf } from './given.ts';
import { all } from './nginx-reader.ts';
import { routesOf } from './nginx-texts.ts';

const test = suite('nginx: headers');

const BLANK = Object.values(BLANK_HEADERS).flat();
const MODULES = { http: 'proxy', fastcgi: 'fastcgi', scgi: 'scgi', uwsgi: 'uwsgi', grpc: 'grpc' };

const speaking = (protocol: string, ...more: string[]): Pool =>
  poolOf(
    `[Pool]\nExec=/bin/a\nPorts=8000-8001\nProtocol=${protocol}\n[Nginx]\nLocation=/app\n${more.join('\n')}`,
  );

/** The headers that the route sets for workers: lower-case name and value. */
function told(pool: Pool): [name: string, value: string][] {
  const [[, block = []] = assert.fail()] = all(routesOf(pool), 'location');
  return block
    .filter(
      ([[name = '', first = '']]) => /_set_header$/.test(name) || /_param HTTP_/.test(`${name} ${first}`),
    )
    .map(([[, name = '', value = '']]) => [
      name
        .replace(/^HTTP_/, '')
        .replaceAll('_', '-')
        .toLowerCase(),
      value,
    ]);
}

const blankIn = (pool: Pool): string[] =>
  told(pool)
    .filter(([, value]) => value === '')
    .map(([name]) => name);

test('a route of any protocol blanks all headers of proxies and sets none twice', () => {
  for (const protocol of Object.keys(MODULES)) {
    const pool = speaking(protocol);
    const wanted = [...BLANK.map(name => name.toLowerCase()), 'proxy'];
    assert.deepEqual(blankIn(pool).sort(), wanted.sort(), protocol);
    const names = told(pool).map(([name]) => name);
    assert.equal(new Set(names).size, names.length, protocol);
  }
});

/** Lines that set X-Forwarded-Port, in several spellings. */
const PORTS: Record<string, string[]> = {
  http: ['proxy_set_header X-Forwarded-Port 443', 'proxy_set_header "x-FORWARDED-port" 443'],
  grpc: ['grpc_set_header x-forwarded-port 443'],
  fastcgi: [
    'fastcgi_param HTTP_X_FORWARDED_PORT 443',
    'fastcgi_param "HTTP_X_Forwarded_Port" 443 if_not_empty',
  ],
  scgi: ['scgi_param HTTP_X_FORWARDED_PORT 443'],
  uwsgi: ['uwsgi_param HTTP_X_FORWARDED_PORT 443'],
};

test('a header that Set= sets is not blanked', () => {
  for (const [protocol, lines] of Object.entries(PORTS))
    for (const line of lines) {
      const pool = speaking(protocol, `Set=${line}`);
      assert.ok(!blankIn(pool).includes('x-forwarded-port'), line);
      const ports = told(pool).filter(([name]) => name === 'x-forwarded-port');
      assert.deepEqual(ports, [['x-forwarded-port', '443']], line);
      assert.equal(blankIn(pool).length, BLANK.length, 'all others stay');
    }
});

test('a header stays blank when Set= only mentions its name', () => {
  for (const [protocol, line] of [
    ['http', 'add_header X-Forwarded-Port 443'],
    ['http', 'proxy_hide_header X-Forwarded-Port'],
    ['http', 'proxy_set_header X_Forwarded_Port 443'],
    ['fastcgi', 'fastcgi_param X_FORWARDED_PORT 443'],
    // not a header to nginx, which would pass on the client's
    ['fastcgi', 'fastcgi_param http_x_forwarded_port 443'],
  ] as const)
    assert.ok(blankIn(speaking(protocol, `Set=${line}`)).includes('x-forwarded-port'), line);
});

test('Set= may not set exactly those headers that a route sets', () => {
  const names = ['Host', 'Connection', 'Upgrade', 'Proxy', 'X-Real-IP', 'X-Forwarded-For', 'X-Own', ...BLANK];
  const set = told(speaking('http')).flatMap(([name, value]) =>
    value !== '' || name === 'proxy' ? [name] : [],
  );
  assert.deepEqual(
    [...names, 'X-Forwarded-Host', 'X-Forwarded-Proto'].filter(name =>
      setsOwnHeader('proxy_set_header', name),
    ),
    [...names, 'X-Forwarded-Host', 'X-Forwarded-Proto'].filter(name => set.includes(name.toLowerCase())),
  );
  assert.ok(!setsOwnHeader('add_header', 'Host') && !setsOwnHeader('fastcgi_param', 'HTTP_HOST'));
});

test('X-Accel-Redirect is ignored unless AccelRedirect=yes', () => {
  const ignored = (pool: Pool): string[] =>
    routesOf(pool).flatMap(([, block = []]) =>
      block.map(([words]) => words.join(' ')).filter(line => line.includes('_ignore_headers')),
    );
  for (const [protocol, module] of Object.entries(MODULES)) {
    const line = `${module}_ignore_headers X-Accel-Redirect`;
    assert.deepEqual(ignored(speaking(protocol)), [line, line]);
    assert.deepEqual(ignored(speaking(protocol, 'AccelRedirect=yes')), []);
  }
});

test('docs/protocols.md lists all headers that are blanked', () => {
  const rows = tableRows(marked(page('docs/protocols.md'), 'blank headers'));
  assert.deepEqual(
    rows.map(([topic, names = '']) => [topic, quoted(names)]),
    Object.entries(BLANK_HEADERS),
  );
});

test('a block with a header of Set= repeats HSTS, unless Set= has HSTS itself, and so does the 503 answer', () => {
  const site = 'Strict-Transport-Security $cgipool_hsts_header always';
  const blocks = (...lines: string[]): string[][] => {
    const [[, block = []] = assert.fail()] = all(routesOf(speaking('http', ...lines)), 'location');
    const [[, noInstance = []] = assert.fail()] = all(block, 'if');
    return [noInstance, block].map(each =>
      each.filter(([words]) => words[0] === 'add_header').map(([words]) => words.slice(1).join(' ')),
    );
  };
  assert.deepEqual(blocks(), [['Retry-After 1 always', site], []]);
  assert.deepEqual(blocks('Set=add_header X-A b always'), [
    ['Retry-After 1 always', site, 'X-A b always'],
    [site, 'X-A b always'],
  ]);
  for (const own of ['Strict-Transport-Security max-age=1', 'strict-transport-security max-age=1'])
    assert.deepEqual(blocks(`Set=add_header ${own}`), [['Retry-After 1 always', own], [own]]);
});

test.run();
