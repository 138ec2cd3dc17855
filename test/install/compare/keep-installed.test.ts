import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { formatProblem } from '../../../src/base/result.ts';
import { keepServing } from '../../../src/install/compare/keep-installed.ts';
import type { Installed } from '../../../src/model/installed.ts';
import { parseFleet } from '../../../src/pool-file/fleet.ts';
import { defaultSite } from '../../../src/pool-file/site-file.ts';
import { pool } from '../../plan/pools.ts';

const test = suite('keep installed pools');

const file = (name: string, ports: string, location: string): { file: string; text: string } => ({
  file: `/etc/cgipool/${name}.pool`,
  text: `[Pool]\nExec=/bin/a %i\nPorts=${ports}\n[Nginx]\nLocation=${location}\n`,
});

const before: Installed = {
  version: 2,
  at: 0,
  site: defaultSite(),
  pools: [pool({ name: 'old', slots: [8000, 8001] })].map(p => ({
    pool: { ...p, nginx: { ...p.nginx, location: '/old' } },
    revision: 1,
    began: null,
    retired: [],
    source: '',
    restricted: false,
  })),
};

const kept = (...files: { file: string; text: string }[]) =>
  keepServing(parseFleet(files), before, '/etc/cgipool');

const BAD = { file: '/etc/cgipool/old.pool', text: '[Pool]\nExec=x\n' };

test('a pool whose file has a mistake stays installed; one whose file is removed does not', () => {
  assert.deepEqual(
    kept(BAD, file('new', '8100', '/new')).pools.map(p => p.name),
    ['new', 'old'],
  );
  assert.deepEqual(
    kept(file('new', '8100', '/new')).pools.map(p => p.name),
    ['new'],
  );
});

test('a good file cannot take the ports or the location of a kept pool', () => {
  const { pools, problems } = kept(BAD, file('port', '8001-8002', '/x'), file('place', '8200', '/old'));
  assert.deepEqual(
    pools.map(p => p.name),
    ['old'],
  );
  assert.deepEqual(problems.map(formatProblem).sort(), [
    '/etc/cgipool/place.pool: Location=/old belongs to old.pool as installed already: choose another',
    '/etc/cgipool/port.pool: port 8001 belongs to old.pool as installed already: choose another',
  ]);
});

test('a corrected pool file frees the ports of its installed pool', () => {
  const { pools, problems } = kept(file('old', '8300', '/old'), file('port', '8001-8002', '/x'));
  assert.deepEqual([pools.map(p => p.name), problems], [['old', 'port'], []]);
});

test.run();
