import type { PoolStatus } from '../../../src/plan/status/report.ts';
import type { Machine } from '../../../tools/machine/machine.ts';
import type { Random } from '../../sim/random.ts';
import { POOLS, textOf } from './pools.ts';

/** What root did, or what befell the machine, while the attacker was at it. */
export interface Accidents {
  /** Workers killed, by pool. */
  kills: Record<string, number>;
  /** Pools rolled over, by pool: each costs all of its workers. */
  rolled: Record<string, number>;
  reloads: number;
  /** How often the status was looked at, and how often each pool had too few instances. */
  looks: number;
  short: Record<string, number>;
  /** The secrets of nginx's log, one for each install. */
  logSecrets: string[];
}

const isWell = ({ instances }: PoolStatus): boolean =>
  instances.length >= 2 && instances.every(i => i.published && i.state === 'healthy' && !i.stale);

const isShort = ({ state }: PoolStatus): boolean => state === 'degraded' || state === 'down';

/** As many as are killed for one that is rolled over. */
const KINDS = ['kill', 'kill', 'kill', 'kill', 'kill', 'kill', 'kill', 'restart', 'install', 'reload'];
/** Between two accidents, ms. */
const REST_MS = [500, 2_000] as const;

const add = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/** Lets one thing after the other happen at random, each to a pool that is well: not two at once to the same one. */
export class AccidentMaker {
  readonly so: Accidents = { kills: {}, rolled: {}, reloads: 0, looks: 0, short: {}, logSecrets: [] };

  constructor(
    readonly m: Machine,
    readonly dice: Random,
  ) {}

  async run(isOver: () => boolean): Promise<void> {
    await this.#noteSecret();
    while (!isOver()) {
      await this.#one();
      await this.m.run(`sleep ${this.dice.between(...REST_MS) / 1000}`);
    }
  }

  async #one(): Promise<void> {
    const { pools } = await this.m.status();
    this.so.looks++;
    for (const { name } of pools.filter(isShort)) add(this.so.short, name);
    const well = pools.filter(isWell);
    // the only one whose ports can be taken, as often as all others
    const name = this.dice.chance(0.5) ? 'tcp' : this.dice.pick(POOLS)?.name;
    const [pool, kind] = [well.find(each => each.name === name), this.dice.pick(KINDS)];
    if (kind === 'reload') await this.#reload();
    else if (pool && kind === 'kill') await this.#kill(pool);
    else if (pool) await this.#rollOver(pool.name, kind === 'install');
  }

  async #reload(): Promise<void> {
    await this.m.run('systemctl reload nginx');
    this.so.reloads++;
  }

  async #kill({ name, instances }: PoolStatus): Promise<void> {
    const victim = this.dice.pick(instances);
    if (!victim) return;
    await this.m.signal('KILL', name, victim.slot);
    add(this.so.kills, name);
  }

  async #rollOver(name: string, byInstall: boolean): Promise<void> {
    const pool = POOLS.find(each => each.name === name);
    add(this.so.rolled, name);
    if (!pool || !byInstall) await this.m.run(`cgipool restart ${name}`);
    else {
      await this.m.run(
        `cat >/etc/cgipool/${name}.pool && cgipool install`,
        textOf(pool, this.dice.between(1, 1e6)),
      );
      await this.#noteSecret();
    }
  }

  async #noteSecret(): Promise<void> {
    this.so.logSecrets.push((await this.m.run('cat /var/lib/cgipool/secret')).trim());
  }
}
