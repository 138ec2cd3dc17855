import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { suite } from 'uvu';
import { copyCheckout } from './checkout.ts';

const test = suite('e2e: a machine of a checkout anywhere');

const NAME = `${process.env.CGIPOOL_TEST_RUN ?? 'test'}-checkout`;

/** Boots a machine by the script of a checkout, does something inside and takes it down. */
async function inMachineOf(checkout: string, work: (sh: (text: string) => Promise<string>) => Promise<void>) {
  const machine = (...args: string[]) =>
    execa('bash', [`${checkout}/tools/machine/machine.sh`, ...args], { stdin: 'ignore' });
  try {
    await machine('boot', NAME);
    await work(async text => (await machine('exec', NAME, '--', 'bash', '-c', text)).stdout);
  } finally {
    await machine('kill', NAME);
  }
}

/** It is there to read, as it is now. */
async function isShown(checkout: string): Promise<void> {
  await inMachineOf(checkout, async sh => {
    assert.match(await sh('cd /usr/src/cgipool && node dist/cgipool.mjs --version'), /^\d/);
    assert.match(await sh('touch /usr/src/cgipool/new 2>&1 || :'), /Read-only file system/);
    for (const word of ['one', 'two']) {
      writeFileSync(`${checkout}/word`, word);
      assert.equal(await sh('cat /usr/src/cgipool/word'), word);
    }
  });
}

test('below /tmp, which is another one inside, by a path that wants quoting', () =>
  isShown(copyCheckout('/tmp/cgipool a:b\\c-')));

test('on a file system that the overlay has not', async () => {
  const mounted = mkdtempSync('/var/tmp/cgipool-mounted-');
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', mounted]);
  try {
    mkdirSync(`${mounted}/src`);
    await isShown(copyCheckout(`${mounted}/src/cgipool-`));
  } finally {
    await execa('umount', ['-l', mounted]);
    rmSync(mounted, { recursive: true });
  }
});

test.run();
