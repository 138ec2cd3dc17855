import { execa } from 'execa';
import { top } from '../../tools/machine/host.ts';
import { Machine } from '../../tools/machine/machine.ts';
import { whileBooted } from '../../tools/machine/while-booted.ts';
import { bringThousand, THOUSAND, thousandUnits } from '../e2e/thousand.ts';

/*
 * npm run storm: the CPU time of a private machine in which cgipool brings up a thousand instances, and in which systemd alone starts the
 * same units. Exits with 1 when the first is more than twice the second.
 */

/** What docs/reliability.md promises. */
const MOST = 2;

const ACTIVE = "systemctl list-units --plain --no-legend --state=running 'cgipool-crowd*@*.service' | wc -l";

/** CPU time of all that runs in the machine, s. */
const cpuTime = async (m: Machine): Promise<number> =>
  Number(await m.run("awk '/^usage_usec/ {print $2}' /sys/fs/cgroup/cpu.stat")) / 1e6;

/** CPU time that something takes, and how long it takes, s. */
async function cost(m: Machine, what: string, work: () => Promise<unknown>): Promise<number> {
  const [cpu, began] = [await cpuTime(m), performance.now()];
  await work();
  const used = (await cpuTime(m)) - cpu;
  console.log(
    `${what}: ${used.toFixed(1)} s of CPU time, ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  return used;
}

async function measure(m: Machine): Promise<number> {
  await bringThousand(m);
  const whole = await cost(m, `cgipool brings up ${THOUSAND} instances`, () => m.run('cgipool install'));
  await m.run(
    `systemctl stop cgipool.service cgipool-autoscale.timer; systemctl stop 'cgipool-crowd*@*.service'`,
  );
  await m.await(`[ $(${ACTIVE}) = 0 ]`, 60);
  const alone = await cost(m, 'systemd alone', async () => {
    await m.run('xargs -n 100 systemctl start', thousandUnits);
    await m.await(`[ $(${ACTIVE}) = ${THOUSAND} ]`, 60);
  });
  return whole / alone;
}

await execa('npm', ['run', '--silent', 'build'], { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
await Machine.prepare();
const machine = new Machine(`cgipool-storm-${process.pid}`);
const ratio = await whileBooted(machine, () => measure(machine));
console.log(`${ratio.toFixed(2)} times systemd's own`);
process.exitCode = ratio <= MOST ? 0 : 1;
