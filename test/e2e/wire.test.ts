import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Machine } from '../../tools/machine/machine.ts';
import { machineFor } from './machine-for.ts';
import type { Question } from './programs/ask-wire.ts';
import { ask, type ENDS, HOME, PROBE, prepare, question } from './wire-workers.ts';

const test = suite('e2e: probes by FastCGI, SCGI and uwsgi of real workers');

const machine = machineFor(test, 'wire', prepare);

type Row = [asked: Question, ok: boolean, detail: RegExp];

async function all(m: Machine, rows: Row[]): Promise<void> {
  const outcomes = await ask(
    m,
    'probe',
    rows.map(([asked]) => asked),
  );
  for (const [i, [asked, ok, detail]] of rows.entries()) {
    const found = outcomes[i];
    const result = typeof found === 'object' ? found : { ok: false, detail: `${found}` };
    assert.match(result.detail, detail, JSON.stringify(asked));
    assert.equal(result.ok, ok, JSON.stringify(asked));
  }
}

test('uWSGI answers probes in FastCGI, SCGI and uwsgi', async () => {
  const m = await machine();
  const rows = (name: keyof typeof ENDS): Row[] => [
    [question(name), true, /^200 in \d+ ms$/],
    [question(name, { body: '"HTTP_USER_AGENT": "cgipool"' }), true, /^200 in/],
    [question(name, { body: 'what it does not say' }), false, /, but the body lacks the text of Body=$/],
    [question(name, { path: '/status/503' }), false, /^503 in \d+ ms$/],
    [question(name, { path: '/status/302' }), true, /^302 in \d+ ms$/],
    [question(name, { path: '/size/60000', body: 'x'.repeat(60_000) }), true, /^200 in/],
    [question(name, { path: '/size/70000' }), false, /^ERR_CANCELED$/],
    [
      question(name, { path: '/raise' }),
      false,
      /^(the connection was closed without an answer|the answer is empty)$/,
    ],
  ];
  await all(m, [...rows('uwsgi'), ...rows('scgi'), ...rows('fastcgi')]);
});

const ROOT = { root: HOME, scriptExtensions: ['php'] };

test('PHP-FPM answers probes of a script, of files below Root=, and its own error messages', async () => {
  const m = await machine();
  const script = `${HOME}/wire.php`;
  await all(m, [
    [question('php', { script, body: '"PATH_INFO":"/a b/c"' }), true, /^200 in/],
    [question('php', { ...ROOT, path: '/wire.php/x?y', body: '"PATH_INFO":"/x"' }), true, /^200 in/],
    [question('php', { ...ROOT, path: '/wire.php/x', body: '"SCRIPT_NAME":"/wire.php"' }), true, /^200 in/],
    [question('php', { script, path: '/?fail' }), false, /^500 in \d+ ms; stderr: .*as asked/],
    [question('php', { ...ROOT, path: '/none.php' }), false, /^404 in .*; stderr: Primary script unknown$/],
    [question('php', { body: 'x' }), false, /^404 in/],
  ]);
});

test('a libfcgi program answers probes until it dies', async () => {
  const m = await machine();
  await all(m, [
    [question('c', { body: 'QUERY_STRING=q=1\n' }), true, /^200 in/],
    // larger than a FastCGI record
    [question('c', { path: `/count?${'x'.repeat(40_000)}`, body: 'COUNT=40000' }), true, /^200 in/],
    [question('c', { path: '/silent' }), false, /^the answer is empty \(exit status 3\); stderr: no luck$/],
  ]);
});

/** Parameters that are nginx's own, or differ between requests. */
const OTHERS = ['DOCUMENT_ROOT', 'SERVER_SOFTWARE', 'SERVER_PORT', 'REMOTE_PORT', 'HTTP_ACCEPT'];

function parametersOf(body: string): [name: string, value: string][] {
  const pairs = body.startsWith('{')
    ? Object.entries(JSON.parse(body) as Record<string, string>)
    : body.split('\n').map((line): [string, string] => {
        const [, name = '', value = ''] = /^(\w*)=?(.*)$/.exec(line) ?? [];
        return [name, value];
      });
  return pairs.filter(([name]) => name !== '' && !OTHERS.includes(name)).sort();
}

/** Parameters that are in the params file of another protocol only, or added by cgipool. */
const MORE: Record<string, string[]> = {
  uwsgi: ['SERVER_ADDR', 'GATEWAY_INTERFACE', 'DOCUMENT_URI', 'SCRIPT_NAME'],
  c: [],
  scgi: ['SERVER_ADDR', 'GATEWAY_INTERFACE', 'PATH_INFO', 'SCRIPT_NAME'],
};

test('a probe sends the same parameters as nginx', async () => {
  const m = await machine();
  const ends = { uwsgi: 8001, scgi: 8002, c: 8003 } as const;
  const names = ['uwsgi', 'scgi', 'c'] as const;
  const bodies = await ask(
    m,
    'body',
    names.map(name => question(name)),
  );
  for (const [i, name] of names.entries()) {
    const url = `http://127.0.0.1:${ends[name]}${PROBE.path}`;
    const nginx = parametersOf(await m.run(`curl -sf -A cgipool -H 'Host: www.example.org' '${url}'`));
    const own = parametersOf(String(bodies[i])).filter(([key]) => !MORE[name]?.includes(key));
    assert.ok(nginx.length > 12, String(nginx));
    assert.deepEqual(own, nginx, name);
  }
});

test('a probe of a silent worker is late, and one of a dead worker fails', async () => {
  const m = await machine();
  await m.run('systemctl kill -s STOP wire-uwsgi');
  const names = ['uwsgi', 'scgi', 'fastcgi'] as const;
  await all(
    m,
    names.map((name): Row => [question(name, { timeout: 200 }), false, /^ETIMEDOUT$/]),
  );
  await all(m, [
    [question('c', { path: '/die' }), false, /^the connection was closed in the middle of the answer$/],
  ]);
  await m.run('systemctl kill -s KILL wire-uwsgi wire-php');
  await m.await('! systemctl -q is-active wire-uwsgi wire-php wire-c');
  await all(m, [
    ...names.map((name): Row => [question(name), false, /^ECONNREFUSED$/]),
    [question('php'), false, /^ECONNREFUSED$/],
    [question('c'), false, /^ECONNREFUSED$/],
  ]);
});

test.run();
