import type { Test } from 'uvu';
import { type Kind, Machine } from '../../tools/machine/machine.ts';

/**
 * One machine for all tests of a file: booted and prepared when the first asks for it, removed after the last. Not in a
 * before hook: uvu takes a hook that throws for a success.
 */
export function machineFor(
  test: Test,
  name: string,
  prepare: (machine: Machine) => Promise<unknown> = machine => machine.install(),
  kind: Kind = 'boot',
): () => Promise<Machine> {
  // test/run/machines.ts removes what a run leaves, by this prefix
  const machine = new Machine(`${process.env.CGIPOOL_TEST_RUN ?? 'test'}-${name}`, kind);
  let booting: Promise<Machine> | undefined;
  const boot = async (): Promise<Machine> => {
    await machine.boot();
    await prepare(machine);
    return machine;
  };
  // a machine that never booted is reported by the test that needed it
  test.after(() => machine.kill().catch(() => {}));
  return () => {
    booting ??= boot();
    return booting;
  };
}
