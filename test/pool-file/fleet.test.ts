import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { formatProblem } from '../../src/base/result.ts';
import { parseFleet, type Source } from '../../src/pool-file/fleet.ts';
import { growth, LINEAR } from '../growth.ts';

const test = suite('all pool files together');

const source = (file: string, ports: string, location?: string): Source => ({
  file,
  text: `[Pool]\nExec=/bin/a\nPorts=${ports}\n${location ? `[Nginx]\nLocation=${location}\n` : ''}`,
});

const outcome = (...sources: Source[]): { pools: string[]; problems: string[] } => {
  const { pools, problems } = parseFleet(sources);
  return { pools: pools.map(p => p.name), problems: problems.map(formatProblem) };
};

test('all pools are parsed in order of name, with cgipool.conf', () => {
  const fleet = parseFleet([
    source('/e/search.pool', '8000', '/search'),
    source('/e/auth.pool', '8001', '/auth'),
    { file: '/e/cgipool.conf', text: '[Nginx]\nGroup=nginx\n' },
  ]);
  assert.deepEqual(fleet.problems, []);
  assert.deepEqual(
    fleet.pools.map(p => p.name),
    ['auth', 'search'],
  );
  assert.equal(fleet.site.nginxUser, 'nginx');
});

test('no files make an empty fleet without problems', () => {
  assert.deepEqual(outcome(), { pools: [], problems: [] });
});

test('of two pools with the same port, the later one is rejected, with both lines', () => {
  assert.deepEqual(outcome(source('b.pool', '8005-8009'), source('a.pool', '8000-8006, 8009')), {
    pools: ['a'],
    problems: ['b.pool:3: ports 8005-8006, 8009 belong to a.pool:3 already: choose others'],
  });
});

test('a port conflict names each owner', () => {
  const { problems } = outcome(
    source('a.pool', '8000'),
    source('b.pool', '8001'),
    source('c.pool', '8000-8002'),
  );
  assert.deepEqual(problems, [
    'c.pool:3: port 8000 belongs to a.pool:3 already: choose another',
    'c.pool:3: port 8001 belongs to b.pool:3 already: choose another',
  ]);
});

test('of two pools with the same location, the later one is rejected, also if it is encoded differently', () => {
  assert.deepEqual(outcome(source('a.pool', '8000', '/api/'), source('b.pool', '8001', '/%61pi')), {
    pools: ['a'],
    problems: ['b.pool:5: Location=/api belongs to a.pool:5 already: choose another'],
  });
});

test('a location below another does not conflict with it', () => {
  assert.deepEqual(outcome(source('a.pool', '8000', '/'), source('b.pool', '8001', '/api')).problems, []);
});

test("pools cannot have nginx's own ports and locations", () => {
  const conf = { file: 'cgipool.conf', text: '[Nginx]\nListen=8080\nControl=127.0.0.1:700\n' };
  assert.deepEqual(
    outcome(conf, source('a.pool', '700'), source('b.pool', '8080'), source('c.pool', '80', '/pool-status')),
    {
      pools: [],
      problems: [
        'a.pool:3: port 700 belongs to nginx (Control= in cgipool.conf) already: choose another',
        "b.pool:3: port 8080 belongs to nginx's server block (Listen= in cgipool.conf) already: choose another",
        'c.pool:5: Location=/pool-status belongs to the status page already: choose another',
      ],
    },
  );
  const acme = { file: 'cgipool.conf', text: '[Nginx]\nACMEWebroot=/var/lib/acme\n' };
  const challenges = source('a.pool', '8000', '/.well-known/acme-challenge/');
  assert.deepEqual(outcome(challenges).problems, []);
  assert.deepEqual(outcome(acme, challenges).problems, [
    'a.pool:5: Location=/.well-known/acme-challenge belongs to ACMEWebroot= in cgipool.conf already: choose another',
  ]);
  const tls = { file: 'cgipool.conf', text: '[Nginx]\nTLSKey=/k\nTLSCertificate=/c\n' };
  assert.equal(outcome(tls, source('a.pool', '443')).problems.length, 1);
  assert.equal(outcome(source('a.pool', '443')).problems.length, 0);
});

test('ListenStream= needs a port that nothing else uses', () => {
  const stream = (file: string, listen: string): Source => ({
    file,
    text: `[Pool]\nExec=/bin/a\nProtocol=tcp\nListen=unix\n[Nginx]\nListenStream=${listen}\n`,
  });
  const conf = { file: 'cgipool.conf', text: '[Nginx]\nListen=8080\nControl=127.0.0.1:700\n' };
  const pools = [
    source('a.pool', '8000'),
    stream('b.pool', '127.0.0.1:8000'),
    stream('c.pool', '6379'),
    stream('d.pool', '[::1]:6379'),
    stream('e.pool', '192.0.2.1:8080'),
    stream('f.pool', '700'),
    source('g.pool', '6378-6380'),
  ];
  assert.deepEqual(outcome(conf, ...pools), {
    pools: ['a', 'c'],
    problems: [
      'b.pool:6: port 8000 belongs to a.pool:3 already: choose another',
      'd.pool:6: port 6379 belongs to c.pool:6 already: choose another',
      "e.pool:6: port 8080 belongs to nginx's server block (Listen= in cgipool.conf) already: choose another",
      'f.pool:6: port 700 belongs to nginx (Control= in cgipool.conf) already: choose another',
      'g.pool:3: port 6379 belongs to c.pool:6 already: choose another',
    ],
  });
});

test('with Listen=fd, Ports= can conflict and Slots= cannot', () => {
  const held = (file: string, slots: string): Source => ({
    file,
    text: `[Pool]\nExec=/bin/a\nListen=fd\n${slots}\n`,
  });
  assert.deepEqual(
    outcome(held('a.pool', 'Ports=8000'), held('b.pool', 'Slots=8001'), source('c.pool', '8000-8001'))
      .problems,
    ['c.pool:3: port 8000 belongs to a.pool:4 already: choose another'],
  );
});

test('slots of a unix pool do not conflict with ports', () => {
  const unix = { file: 'a.pool', text: '[Pool]\nExec=/bin/a\nListen=unix\nSlots=8000\n' };
  assert.deepEqual(outcome(unix, source('b.pool', '8000')).problems, []);
});

test('of two files with the same pool name, the later one is rejected', () => {
  assert.deepEqual(outcome(source('x/a.pool', '8000'), source('y/a.pool', '8001')), {
    pools: ['a'],
    problems: ['y/a.pool: pool a is already defined by x/a.pool: rename one of the files'],
  });
});

test('a pool with a mistake takes nothing from good pools, and all its conflicts are reported', () => {
  const bad = source('a.pool', '8000', '/a');
  bad.text += 'MaxBody=x\n';
  const { pools, problems } = outcome(bad, source('b.pool', '8000', '/b'), source('c.pool', '8001', '/a'));
  assert.deepEqual(pools, ['b', 'c']);
  assert.deepEqual(problems, [
    'a.pool:3: port 8000 belongs to b.pool:3 already: choose another',
    'a.pool:5: Location=/a belongs to c.pool:5 already: choose another',
    'a.pool:6: MaxBody=x is not a size: write 512K, 64M or 2G',
  ]);
});

test('a pool rejected for its port leaves its location to another', () => {
  const found = outcome(
    source('a.pool', '8000', '/a'),
    source('b.pool', '8000', '/b'),
    source('c.pool', '8001', '/b'),
  );
  assert.deepEqual(found.pools, ['a', 'c']);
  assert.equal(found.problems.length, 2);
  assert.match(
    found.problems.join('\n'),
    /b\.pool:3: port 8000.*\nb\.pool:5: Location=\/b belongs to c\.pool:5/,
  );
});

test('all mistakes of all files are reported at once, and the good pools are kept', () => {
  const { pools, problems } = outcome(
    { file: 'cgipool.conf', text: '[Nginx]\nListen=x\n' },
    { file: 'a.pool', text: '[Pool]\nMin=0\nMax=x\n' },
    { file: 'B.pool', text: '[Pool]\nExec=/bin/a\nPorts=8000\n' },
    source('c.pool', '8000'),
  );
  assert.deepEqual(pools, ['c']);
  assert.deepEqual(
    problems.map(text => text.split(/:(?: |$)/)[0]),
    ['cgipool.conf:2', 'B.pool', 'B.pool:3', 'a.pool', 'a.pool', 'a.pool:2', 'a.pool:3'],
  );
});

test('parsing time is proportional to the number of pools', () => {
  const read = (size: number): void => {
    const sources = Array.from({ length: size }, (_, i) => {
      const { file, text } = source(`p${i}.pool`, `${10_000 + i * 100}-${10_000 + i * 100 + 99}`, `/p${i}`);
      return { file, text: `${text}[Service]\n${'Environment=A=B\n'.repeat(50)}` };
    });
    const { pools, problems } = parseFleet(sources);
    assert.deepEqual([pools.length, problems], [size, []]);
  };
  const times = growth(read, 40);
  assert.ok(times < LINEAR, `${times} times the time for four times as many pools`);
});

test.run();
