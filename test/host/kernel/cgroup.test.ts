import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { heldBytes, ownBytes } from '../../../src/host/kernel/cgroup.ts';

const test = suite('memory of a worker');

test('the page cache and what the kernel can reclaim do not count, anonymous and shared memory do', () => {
  const stat =
    'anon 3000\nfile 5000\nshmem 1000\ninactive_file 2500\nactive_file 1500\nslab_reclaimable 100\nslab_unreclaimable 50\n';
  assert.equal(heldBytes('9000\n', stat), 4900);
  assert.equal(heldBytes('9000\n', ''), 9000, 'without statistics all counts');
  assert.equal(heldBytes('100\n', stat), 0);
});

test('without the memory controller only what a process has alone counts', () => {
  // size, resident, shared, text, lib, data, dt, in pages
  assert.equal(ownBytes('2000 700 300 50 0 600 0'), 400 * 4096);
  assert.equal(ownBytes(''), 0);
});

test.run();
