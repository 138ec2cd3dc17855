import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type Deed, hold } from '../mallory.ts';
import { METRIC, METRIC_NUMBER } from '../pools.ts';

/** What he puts in place of the file of Metric=; none of them is a number. */
const SWAPS: readonly ((path: string) => void)[] = [
  path => spawnSync('/usr/bin/mkfifo', [path]),
  path => symlinkSync('/etc/shadow', path),
  path => symlinkSync('/dev/zero', path),
  path => symlinkSync('/proc/kmsg', path),
  path => symlinkSync('/etc/cgipool/sock.pool', path),
  path => symlinkSync(path, path),
  path => mkdirSync(path),
  path => {
    writeFileSync(path, METRIC_NUMBER);
    truncateSync(path, 2 ** 40);
  },
  path => writeFileSync(path, '9'.repeat(5_000_000)),
  path => writeFileSync(path, '1e999'),
  path => writeFileSync(path, '15 000'),
  path => writeFileSync(path, ''),
  () => {},
];

function putBack(): void {
  rmSync(METRIC, { recursive: true, force: true });
  writeFileSync(METRIC, METRIC_NUMBER);
}

/** Another lane's number would wait for a reader of this one's FIFO. */
let isSwapping = false;

/** Swaps his file for what is none, for a moment each. */
export const metric: Deed = async mallory => {
  if (isSwapping) return;
  isSwapping = true;
  for (let times = mallory.dice.between(2, 5); times > 0; times--) {
    rmSync(METRIC, { recursive: true, force: true });
    mallory.dice.pick(SWAPS)?.(METRIC);
    await hold(mallory.dice.between(200, 1_500), mallory);
    putBack();
  }
  isSwapping = false;
};
