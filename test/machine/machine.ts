import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Test } from 'uvu';
import { Bus } from '../../src/host/systemd/bus.ts';
import { BUS_INTERFACE, BUS_NAME, OBJECT_PATH } from '../../src/model/paths.ts';
import type { PoolStatus, Status } from '../../src/plan/status/report.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const script = fileURLToPath(new URL('./machine.sh', import.meta.url));

/** How a command inside ended. */
export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** What a bounded load made of its requests. */
export interface Load {
  total: number;
  /** Of them, those without a 200. */
  failed: number;
  statuses: Record<string, number>;
  /** When the last of those that failed was sent, ms since the epoch; 0: none failed. */
  lastFailedAt: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  slowest: number;
  /** All of it in words. */
  summary: string;
}

/** From one look to the next, ms: they should not be what the controller is busy with. */
const LOOK = 50;

const STATUS = { destination: BUS_NAME, path: OBJECT_PATH, interface: BUS_INTERFACE, member: 'Status' };

/** The checkout inside, by the verb of machine.sh that boots the machine. */
const CHECKOUT = { boot: top, fresh: '/root/cgipool' };
/** What is in it: this host's files and all that tests need, or what a newcomer has. See machine.sh. */
export type Kind = keyof typeof CHECKOUT;

/** A booted Debian with systemd, dbus, polkit and nginx of its own, and this checkout to read. */
export class Machine {
  private constructor(
    readonly name: string,
    readonly checkout: string,
  ) {}

  static async boot(name: string, kind: Kind = 'boot'): Promise<Machine> {
    const full = `${process.env.CGIPOOL_TEST_RUN ?? 'test'}-${name}`;
    await execa('bash', [script, kind, full], { stdin: 'ignore' });
    return new Machine(full, CHECKOUT[kind]);
  }

  /** Runs a bash text inside, from the top of the checkout. Never throws for its exit status. */
  async attempt(command: string, input = ''): Promise<Ran> {
    // Node's pipes are sockets, by which bash thinks that it is called from afar, and reads the host's ~/.bashrc
    const bash = ['bash', '--norc', '-c', `cd ${this.checkout}; ${command}`];
    const args = [script, 'exec', this.name, '--', ...bash];
    const { exitCode, stdout, stderr } = await execa('bash', args, { input, reject: false });
    return { code: exitCode ?? -1, out: stdout, err: stderr };
  }

  /** Runs a bash text inside; its output. Throws with all that it said when it fails. */
  async run(command: string, input = ''): Promise<string> {
    const { code, out, err } = await this.attempt(command, input);
    if (code !== 0) throw new Error(`${command}: exit ${code}\n${out}\n${err}`);
    return out;
  }

  /** Awaits that a bash condition holds inside; throws with its last words when it does not in time. */
  async await(condition: string, seconds = 15): Promise<string> {
    const each = `for i in $(seq ${seconds * 20}); do w=$(${condition} 2>&1) && { echo "$w"; exit; }; sleep 0.05; done`;
    return this.run(`${each}; echo "never: $w" >&2; exit 1`);
  }

  write(path: string, text: string): Promise<string> {
    return this.run(`mkdir -p ${dirname(path)}; cat >${path}`, text);
  }

  /** Writes /etc/cgipool/NAME.pool. */
  pool(name: string, text: string): Promise<string> {
    return this.write(`/etc/cgipool/${name}.pool`, text);
  }

  /** What `cgipool status --json` tells, without the start of a process for each look: tests look often. */
  async status(): Promise<Status> {
    const leader = (await readFile(`/run/cgipool-machine/${this.name}/leader`, 'utf8')).trim();
    const bus = await Bus.connect(`unix:socket=/proc/${leader}/root/run/dbus/system_bus_socket`);
    const [text] = await bus.call(STATUS).finally(() => bus.close());
    return JSON.parse(String(text)) as Status;
  }

  async poolStatus(name: string): Promise<PoolStatus> {
    const found = (await this.status()).pools.find(p => p.name === name);
    assert.ok(found, `pool ${name} is installed`);
    return found;
  }

  /** Awaits that a pool's status is as it should be; throws with the last one when it is not in time. */
  async until(name: string, holds: (pool: PoolStatus) => boolean, seconds = 15): Promise<PoolStatus> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      // a controller that is just being restarted answers in a moment
      const pool = await this.poolStatus(name).catch((error: Error) => error);
      if (!(pool instanceof Error) && holds(pool)) return pool;
      const last = pool instanceof Error ? pool.message : JSON.stringify(pool, null, 1);
      if (Date.now() > end) throw new Error(`${holds} never came true: ${last}`);
      await setTimeout(LOOK);
    }
  }

  /** Awaits that so many instances are healthy, nginx sends to them, none is to be replaced, and there are no others. */
  serving(name: string, count: number, seconds = 15): Promise<PoolStatus> {
    const isServing = (p: PoolStatus): boolean =>
      p.instances.length === count &&
      p.instances.every(i => i.published && i.state === 'healthy' && !i.stale);
    return this.until(name, isServing, seconds);
  }

  /** Sends requests for a while; options as demo/load.mjs has them. */
  async load(url: string, options: string): Promise<Load> {
    const out = `/run/load-${Math.random().toString(36).slice(2)}.json`;
    const loading = this.run(`node demo/load.mjs '${url}' ${options} --out ${out}; cat ${out}`);
    // a test that fails meanwhile does not hear of it any more
    loading.catch(() => {});
    return JSON.parse(await loading) as Load;
  }

  /** Sends a signal to the main process of an instance. */
  signal(name: string, pool: string, slot: number): Promise<string> {
    // MainPID is 0 between two lives, and signal 0's target would be ourselves
    return this.run(
      `pid=$(systemctl show -P MainPID cgipool-${pool}@${slot}); [ $pid -gt 1 ] && kill -${name} $pid && echo $pid`,
    );
  }

  /** Installs the program without the sample pools, and then what is in /etc/cgipool. */
  install(...options: string[]): Promise<string> {
    return this.run(`./install.sh ${options.join(' ')}`);
  }

  async reboot(): Promise<void> {
    await execa('bash', [script, 'reboot', this.name], { stdin: 'ignore' });
  }

  async kill(): Promise<void> {
    await execa('bash', [script, 'kill', this.name], { stdin: 'ignore' });
  }
}

/**
 * One machine for all tests of a file: booted and prepared when the first asks for it, taken down after the last. Not in
 * a before hook: uvu takes a hook that throws for a success.
 */
export function machineFor(
  test: Test,
  name: string,
  prepare: (machine: Machine) => Promise<unknown> = machine => machine.install(),
  kind: Kind = 'boot',
): () => Promise<Machine> {
  let booting: Promise<Machine> | undefined;
  const boot = async (): Promise<Machine> => {
    const machine = await Machine.boot(name, kind);
    await prepare(machine);
    return machine;
  };
  test.after(async () => {
    const full = `${process.env.CGIPOOL_TEST_RUN ?? 'test'}-${name}`;
    await execa('bash', [script, 'kill', full], { stdin: 'ignore', reject: false });
  });
  return () => {
    booting ??= boot();
    return booting;
  };
}
