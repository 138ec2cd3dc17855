import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { parseFleet } from '../../src/pool-file/fleet.ts';
import { page, quoted, rows } from '../house/page.ts';

const test = suite('services: pool files');

const source = (name: string) => ({
  file: `/etc/cgipool/${name}`,
  text: readFileSync(new URL(`../../services/${name}`, import.meta.url), 'utf8'),
});

test('the sample pool files are valid together, with the documented settings', () => {
  const { pools, problems } = parseFleet([source('search.pool'), source('auth.pool')]);
  assert.deepEqual(problems, []);
  const [auth, search] = pools;
  assert.ok(auth && search);
  const facts = pools.map(p => [p.exec, p.min, p.max, p.slots[0], p.slots.length, p.nginx.location]);
  assert.deepEqual(facts, [
    ['/usr/local/lib/cgipool/services/auth.py %i', 1, 3, 8100, 10, '/api/auth'],
    ['/usr/local/lib/cgipool/services/search %i', 2, 5, 8000, 10, '/api/search'],
  ]);
  assert.deepEqual([search.scale.cpu, search.scale.concurrency, search.scale.window], [0.7, 2, 60_000]);
  assert.deepEqual([search.health.path, auth.health.path], ['/?q=health', '/?user=health']);
});

const examples = readdirSync('services/examples')
  .filter(name => name.endsWith('.pool'))
  .map(name => ({ ...source(`examples/${name}`), file: name }));

test('the example pool files are valid together with the sample pools', () => {
  const all = [source('search.pool'), source('auth.pool'), ...examples];
  const { pools, problems } = parseFleet(all);
  assert.deepEqual(problems, []);
  assert.equal(pools.length, all.length);
});

test('the README of the examples has the protocol and the listener of each', () => {
  const table = rows(page('services/examples/README.md'), '# Example pools');
  const said = table.map(([name = '', speaks = '', on]) => [quoted(name)[0], speaks.toLowerCase(), on]);
  const { pools } = parseFleet(examples);
  const wanted = pools.map(p => [`${p.name}.pool`, p.protocol, p.activated ? 'fd' : p.listen]);
  assert.deepEqual(said.sort(), wanted.sort());
});

test.run();
