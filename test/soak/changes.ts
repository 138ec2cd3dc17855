import type { Machine } from '../../tools/machine/machine.ts';
import type { Random } from '../sim/random.ts';
import { type SoakPool, soakPools, type Version } from './pools.ts';

/** What an administrator does. */
export const KINDS = ['install', 'rollback', 'scale', 'restart'] as const;
export type Kind = (typeof KINDS)[number];

/** A command, how it ended, and how it should have. */
export interface Done {
  kind: Kind;
  what: string;
  expected: number;
  code: number;
  /** What it printed, if that was wrong. */
  said: string;
  seconds: number;
}

/** Changes pools at random, and knows how each command has to end. */
export class Administrator {
  readonly #versions = new Map<string, Version>(soakPools.map(({ name, first }) => [name, first]));
  readonly done: Done[] = [];
  #serial = 1;

  constructor(
    readonly machine: Machine,
    readonly random: Random,
  ) {}

  /** Makes a change of a kind; a rollback takes back an install before it. */
  async change(kind: Kind): Promise<void> {
    const pool = this.random.pick(soakPools) as SoakPool;
    await { install: this.#install, rollback: this.#rollBack, scale: this.#scale, restart: this.#restart }[
      kind
    ].call(this, pool);
  }

  /** Something that may fail while there is a fault; installing again completes it. */
  async meanwhile(): Promise<void> {
    const pool = this.random.pick(soakPools) as SoakPool;
    const count = this.done.length;
    await this.random.pick([this.#plain, this.#scale, this.#restart])?.call(this, pool);
    this.done.length = count;
  }

  /** Completes what a fault may have kept from being installed. */
  complete(): Promise<void> {
    return this.#run('install', 'what was begun during a fault', 0, 'cgipool install');
  }

  async #run(kind: Kind, what: string, expected: number, command: string): Promise<void> {
    const began = performance.now();
    const { code, out, err } = await this.machine.attempt(command);
    const said = code === expected ? '' : `${out}\n${err}`.trim();
    this.done.push({ kind, what, expected, code, said, seconds: (performance.now() - began) / 1000 });
  }

  #next({ name, slots }: SoakPool): Version {
    const now = this.#versions.get(name) as Version;
    const serial = ++this.#serial;
    const least = now.min === 0 ? 0 : 1;
    const min = this.random.between(least, Math.max(1, slots - 3));
    return [
      { ...now, header: serial },
      { ...now, variable: serial },
      { ...now, min, max: this.random.between(Math.max(1, min), slots - 1), header: serial },
    ][this.random.between(0, 2)] as Version;
  }

  /** A version that comes up, one that does not, or a mistake, which is taken back. */
  async #install(pool: SoakPool): Promise<void> {
    const next = this.#next(pool);
    const text = pool.text(next);
    const { name } = pool;
    const before = pool.text(this.#versions.get(name) as Version);
    const fate = this.random.between(0, 9);
    if (fate === 0) return this.#mistake(name, `${text}\nSet=add_header X`, before);
    if (fate === 1) return this.#mistake(name, text.replace(/^Max=.*/m, 'Max=many'), before);
    if (fate === 2) return this.#break(name, text.replace(/^Exec=.*/m, 'Exec=/bin/false'));
    await this.#put(pool, next);
  }

  #plain(pool: SoakPool): Promise<void> {
    return this.#put(pool, this.#next(pool));
  }

  async #put({ name, text }: SoakPool, next: Version): Promise<void> {
    await this.machine.pool(name, text(next));
    await this.#run('install', `${name}: ${JSON.stringify(next)}`, 0, 'cgipool install');
    this.#versions.set(name, next);
  }

  async #mistake(name: string, text: string, before: string): Promise<void> {
    await this.machine.pool(name, text);
    await this.#run('install', `${name}: with a mistake`, 2, 'cgipool install');
    await this.machine.pool(name, before);
    await this.#run('install', `${name}: the mistake taken back`, 0, 'cgipool install');
  }

  /** Workers that end at once: the old ones serve on until the rollback. */
  async #break(name: string, text: string): Promise<void> {
    await this.machine.pool(name, text);
    await this.#run('install', `${name}: workers that end at once`, 1, 'cgipool install');
    await this.#run(
      'rollback',
      `${name}: back from workers that end at once`,
      0,
      `cgipool install --rollback ${name}`,
    );
  }

  async #rollBack(pool: SoakPool): Promise<void> {
    const { name } = pool;
    const before = pool.text(this.#versions.get(name) as Version);
    await this.machine.pool(name, pool.text(this.#next(pool)));
    await this.#run('install', `${name}: to be rolled back`, 0, 'cgipool install');
    await this.#run('rollback', name, 0, `cgipool install --rollback ${name}`);
    const now = await this.machine.run(`cat /etc/cgipool/${name}.pool`);
    if (now !== before.trimEnd())
      this.done.push({
        kind: 'rollback',
        what: `${name}: another text`,
        expected: 0,
        code: -1,
        said: now,
        seconds: 0,
      });
  }

  async #scale({ name, slots }: SoakPool): Promise<void> {
    const range = this.random.pick(['auto', String(this.random.between(1, slots - 1)), `1..${slots - 1}`]);
    await this.#run('scale', `${name} ${range}`, 0, `cgipool scale ${name} ${range} --wait`);
  }

  async #restart({ name }: SoakPool): Promise<void> {
    await this.#run('restart', name, 0, `cgipool restart ${name} --wait`);
  }
}
