import { spawnSync } from 'node:child_process';

/** Machines of this run are called by its PID, which the test files get in their environment. */
process.env.CGIPOOL_TEST_RUN = `t${process.pid}`;

const machine = (...args: string[]): string =>
  spawnSync('bash', ['tools/machine/machine.sh', ...args], { encoding: 'utf8' }).stdout ?? '';

/** Takes down what a killed test file left running. */
export function killMachines(): void {
  const left = machine('list')
    .split(/\s+/)
    .filter(name => name.startsWith(`${process.env.CGIPOOL_TEST_RUN}-`));
  for (const name of left) machine('kill', name);
}
