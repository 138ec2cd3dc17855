import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { Bus } from '../../src/host/systemd/bus.ts';
import { CONTROLLER_BUS } from '../../src/model/services.ts';
import type { PoolStatus, Status } from '../../src/plan/status/report.ts';
import type { Load } from '../load.ts';

/** The path of this checkout where this program runs. */
export const top = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** How a command ended. */
export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Asked more often, the controller would be busy with answers. */
const POLL_INTERVAL_MS = 50;

const STATUS = { ...CONTROLLER_BUS, member: 'Status' };

/** A Debian with systemd that runs commands: the one that this program runs on, or a Machine. */
export class Host {
  /** `checkout` is the path of the checkout there. Commands are appended to the words of `enter`. */
  protected constructor(
    readonly checkout: string,
    private readonly enter: readonly string[],
  ) {}

  /** The one that this program runs on. */
  static here(): Host {
    return new Host(top, ['env', `PATH=/usr/local/bin:${process.env.PATH}`]);
  }

  /** The path at which its root directory is visible to this program. */
  protected async root(): Promise<string> {
    return '/proc/self/root';
  }

  /** The command line that runs a bash script there, from the top of the checkout. */
  private words(text: string): [command: string, args: string[]] {
    // Node's pipes are sockets, by which bash thinks that it is called from afar, and reads the host's ~/.bashrc
    const bash = ['bash', '--norc', '-c', `cd "$1" || exit; shift; ${text}`, 'bash', this.checkout];
    const [command = '', ...args] = [...this.enter, ...bash];
    return [command, args];
  }

  /** Runs a bash script from the top of the checkout. Never throws for its exit status. */
  async attempt(text: string, input = ''): Promise<Ran> {
    const { exitCode, stdout, stderr } = await execa(...this.words(text), { input, reject: false });
    return { code: exitCode ?? -1, out: stdout, err: stderr };
  }

  /** Runs a bash script; returns its output. Throws with its output and errors when it fails. */
  async run(text: string, input = ''): Promise<string> {
    const { code, out, err } = await this.attempt(text, input);
    if (code !== 0) throw new Error(`${text}: exit ${code}\n${out}\n${err}`);
    return out;
  }

  /** Runs a bash script and passes its output through as it comes; returns whether it exits with 0. */
  async show(text: string): Promise<boolean> {
    const { exitCode } = await execa(...this.words(text), {
      stdio: ['ignore', 'inherit', 'inherit'],
      reject: false,
    });
    return exitCode === 0;
  }

  /** Waits until a bash condition holds; throws with its last output when it does not in time. */
  async await(condition: string, seconds = 15): Promise<string> {
    const each = `for i in $(seq ${seconds * 20}); do w=$(${condition} 2>&1) && { echo "$w"; exit; }; sleep 0.05; done`;
    return this.run(`${each}; echo "never: $w" >&2; exit 1`);
  }

  /** The option by which journalctl shows what is said from now on, to the microsecond: after a cursor it skips a line when it filters. */
  async mark(): Promise<string> {
    return `--since=@${await this.run('date +%s.%N')}`;
  }

  write(path: string, text: string): Promise<string> {
    return this.run(`mkdir -p ${dirname(path)}; cat >${path}`, text);
  }

  /** Writes /etc/cgipool/NAME.pool. */
  pool(name: string, text: string): Promise<string> {
    return this.write(`/etc/cgipool/${name}.pool`, text);
  }

  /** What `cgipool status --json` prints, without the start of a process: tests ask often. */
  async status(): Promise<Status> {
    const bus = await Bus.connect(`unix:socket=${await this.root()}/run/dbus/system_bus_socket`);
    const [text] = await bus.call(STATUS).finally(() => bus.close());
    return JSON.parse(String(text)) as Status;
  }

  async poolStatus(name: string): Promise<PoolStatus> {
    const found = (await this.status()).pools.find(p => p.name === name);
    assert.ok(found, `pool ${name} is installed`);
    return found;
  }

  /** Waits until a pool's status is as it should be; throws with the last one when it is not in time. */
  async until(name: string, holds: (pool: PoolStatus) => boolean, seconds = 15): Promise<PoolStatus> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      // a controller that is just being restarted answers in a moment
      const pool = await this.poolStatus(name).catch((error: Error) => error);
      if (!(pool instanceof Error) && holds(pool)) return pool;
      const last = pool instanceof Error ? pool.message : JSON.stringify(pool, null, 1);
      if (Date.now() > end) throw new Error(`${holds} never came true: ${last}`);
      await setTimeout(POLL_INTERVAL_MS);
    }
  }

  /** Waits until just so many instances exist, all healthy, published and up to date. */
  serving(name: string, count: number, seconds = 15): Promise<PoolStatus> {
    const isServing = (p: PoolStatus): boolean =>
      p.instances.length === count &&
      p.instances.every(i => i.published && i.state === 'healthy' && !i.stale);
    return this.until(name, isServing, seconds);
  }

  /** Sends requests for a while; `options` are those of tools/load.mjs. */
  load(url: string, options: string): Promise<Load> {
    const out = `/run/load-${Math.random().toString(36).slice(2)}.json`;
    const loading = this.run(
      `node tools/load.mjs '${url}' ${options} --out ${out} && cat ${out} && rm ${out}`,
    ).then(text => JSON.parse(text) as Load);
    // a caller that fails in the meantime never awaits it
    loading.catch(() => {});
    return loading;
  }

  /** Sends a signal to the main process of an instance; returns its PID. */
  signal(name: string, pool: string, slot: number): Promise<string> {
    // MainPID is 0 between two lives, and signal 0's target would be ourselves
    return this.run(
      `pid=$(systemctl show -P MainPID cgipool-${pool}@${slot}); [ $pid -gt 1 ] && kill -${name} $pid && echo $pid`,
    );
  }

  /** Runs install.sh with its options. */
  install(...options: string[]): Promise<string> {
    return this.run(`./install.sh ${options.join(' ')}`);
  }
}
