import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { ceiling } from '../../../src/controller/observe/memory-limit.ts';
import { availableShare, pressureShare, readMemory } from '../../../src/host/kernel/memory.ts';
import { defaultSite } from '../../../src/pool-file/site-file.ts';

const test = suite("the machine's memory");

/** Like /sys/devices/system/node/node0/meminfo. */
const node = (number: number, free: number, file: number): string => `
Node ${number} MemTotal:       1000 kB
Node ${number} MemFree:        ${free} kB
Node ${number} Active:         900 kB
Node ${number} Active(anon):   800 kB
Node ${number} Active(file):   ${file} kB
Node ${number} Inactive(file): ${file} kB
Node ${number} SReclaimable:   10 kB
`;

test('available memory is free memory, page cache and reclaimable slabs, summed over all nodes', () => {
  assert.equal(availableShare([node(0, 100, 45)]), 0.2);
  assert.equal(availableShare([node(0, 100, 45), node(1, 700, 45)]), 0.5);
  assert.equal(availableShare([]), null);
  assert.equal(availableShare(['garbage']), null);
});

test('memory pressure is the share of ten seconds in which some process waited', () => {
  const text =
    'some avg10=12.50 avg60=3.00 avg300=0.00 total=9\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=0\n';
  assert.equal(pressureShare(text), 0.125);
  assert.equal(pressureShare(''), null);
});

test('the available memory of the real machine is a share between 0 and 1', async () => {
  const { available } = await readMemory();
  assert.ok(available !== null && available > 0 && available <= 1, String(available));
});

test('low memory or high pressure stops scaling up; unknown values do not', () => {
  const site = defaultSite();
  const rows: [available: number | null, pressure: number | null, reason: RegExp | null][] = [
    [0.5, 0, null],
    [0.049, 0, /4\.9% of its memory is available \(MinAvailable=5%\)/],
    [0.5, 0.21, /wait for memory 21% of the time \(MaxPressure=20%\)/],
    [null, null, null],
    [null, 0.5, /50% of the time/],
  ];
  for (const [available, pressure, reason] of rows) {
    const held = ceiling(site, { available, pressure });
    if (reason) assert.match(held ?? '', reason);
    else assert.equal(held, null);
  }
});

test.run();
