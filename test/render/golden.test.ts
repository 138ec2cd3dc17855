import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import { parseFleet } from '../../src/pool-file/fleet.ts';
import { renderLive } from '../../src/render/live.ts';
import { assets, machineTexts } from './given.ts';

/*
 * The generated files equal golden/NAME.txt byte for byte, except for comments. GOLDEN=write records an intended
 * change, to be reviewed in the diff.
 */
const test = suite('golden texts');
const machine = {
  ipv6: true,
  node: '/usr/bin/node',
  program: '/usr/lib/cgipool/cgipool.mjs',
  tag: 'cgipool_0',
};

const CASES = [
  ...['three-lines', 'every-key', 'unix', 'fd-tcp', 'fd-slots', 'sleeps-at-night', 'exec-probe', 'keepalive'],
  ...['backup', 'weight-auto', 'tcp', 'fastcgi', 'fastcgi-root', 'scgi', 'uwsgi', 'grpc'],
];
const CONF = `[Nginx]
ServerName=example.org
Listen=8080
TLSCertificate=/etc/ssl/a.pem
TLSKey=/etc/ssl/a.key
TLSRedirect=yes
TLSListen=8443
HSTS=1y
TLSStapling=yes
Resolver=127.0.0.53 ::1
ACMEWebroot=/var/lib/acme
SocketActivation=yes
StatusAllow=127.0.0.1 192.0.2.0/24
`;

const isComment = (line: string): boolean => /^\s*(#|;|\/\/)/.test(line);
const uncommented = (text: string): string =>
  text
    .split('\n')
    .filter(line => !isComment(line))
    .join('\n');

const page = (texts: ReadonlyMap<string, string>): string =>
  [...texts].map(([path, text]) => `==> ${path}\n${uncommented(text)}`).join('\n');

/** All files of a fleet; with `common` also those that are the same for every fleet. */
function textsOf(name: string, conf: string, common: boolean): string {
  const file = new URL(`../pool-file/cases/${name}.pool`, import.meta.url);
  const text = readFileSync(file, 'utf8').replace(/^## .*$/gm, '');
  const { site, pools, problems } = parseFleet([
    { file: `${name}.pool`, text },
    { file: 'cgipool.conf', text: conf },
  ]);
  assert.deepEqual(problems, []);
  const all = machineTexts({ site, pools, assets, machine });
  const live = Object.fromEntries(pools.map(pool => [pool.name, pool.slots.slice(0, 3)]));
  const weights = Object.fromEntries(pools.map(pool => [pool.name, { [pool.slots[0] ?? 0]: 4 }]));
  const own = [...all].filter(([path]) => common || path.includes(name) || path.includes('/nginx/'));
  return page(new Map([...own, ...renderLive(site, pools, { live, weights }, 7, assets)]));
}

function compare(name: string, text: string): void {
  const file = new URL(`./golden/${name}.txt`, import.meta.url);
  if (process.env.GOLDEN === 'write') writeFileSync(file, text);
  assert.ok(existsSync(file), `${name} has a golden file`);
  assert.equal(text, readFileSync(file, 'utf8'));
}

for (const name of CASES)
  test(`the files of ${name}.pool equal golden/${name}.txt`, () => compare(name, textsOf(name, '', false)));
test('the common files, with TLS, equal golden/common.txt', () =>
  compare('common', textsOf('three-lines', CONF, true)));
test('the comparison ignores comments, and nothing else', () =>
  assert.equal(uncommented('a\n  # b\n; c\n// d\ne # f'), 'a\ne # f'));

test.run();
