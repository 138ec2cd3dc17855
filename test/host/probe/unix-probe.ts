import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { probe } from '../../../src/host/probe/probe.ts';
import { socketPath } from '../../../src/model/names.ts';
import { parsePool } from '../../../src/pool-file/pool-file.ts';

/* Probes a worker on the socket of slot 1, and slot 2, which has none; prints the results. */

const { pool } = parsePool('a.pool', '[Pool]\nExec=/bin/a\nListen=unix\n[Health]\nTimeout=2s');
if (!pool) throw new Error('the pool file has a mistake');
const path = socketPath('a', 1);
mkdirSync(dirname(path), { recursive: true });
const server = createServer((_, response) => response.end('ok')).listen(path);
await once(server, 'listening');
const results = [
  await probe(pool, 1, pool.health),
  await probe(pool, 1, { ...pool.health, probe: 'tcp' }),
  await probe(pool, 2, pool.health),
];
console.log(JSON.stringify(results));
server.close();
