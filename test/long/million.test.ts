import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { suite } from 'uvu';
import type { SimulationReport } from '../../src/simulate/report/report.ts';
import { cgipoolGiven, rootWith } from '../cli/cli.ts';

const test = suite('simulate: a million lines');

const folder = rootWith({ 'search.pool': '[Pool]\nExec=/bin/sh %i\nPorts=8000-8009\n' });
const log = join(folder, 'million.log');
const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');

const line = (second: number, took: string): string => {
  const clock = [second / 3600, (second / 60) % 60, second % 60].map(two).join(':');
  const agent = 'Mozilla/5.0 (X11; Linux)';
  return `192.0.2.7 - - [10/Oct/2026:${clock} +0000] "GET /q HTTP/1.1" 200 512 "-" "${agent}" ${took}\n`;
};

/** A million log lines of one day, of about 100 bytes each. */
function* million(): Generator<string> {
  for (let second = 0; second < 86_400; second += 400)
    yield Array.from({ length: 4630 }, (_, i) =>
      line(second + Math.floor((i * 400) / 4630), `0.0${10 + (i % 90)}`),
    ).join('');
}

test('cgipool simulate reads a million lines within 32 MB of heap', async () => {
  await pipeline(Readable.from(million()), createWriteStream(log));
  const { code, out, err } = await cgipoolGiven(
    { env: { NODE_OPTIONS: '--max-old-space-size=32' } },
    ...['simulate', join(folder, 'etc/cgipool/search.pool'), '--json', '--access-log', log],
  );
  assert.deepEqual([code, err.slice(0, 500)], [0, '']);
  const { log: read } = JSON.parse(out) as SimulationReport;
  assert.ok(read.requests > 1_000_000 && read.files[0]?.malformed === 0, String(read.requests));
});

test.run();
