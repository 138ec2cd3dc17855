import { Flow } from '../host/flow.ts';
import type { Instances } from '../host/instances.ts';
import type { Jobs } from '../host/jobs.ts';
import { readMemory } from '../host/memory.ts';
import type { Prober } from '../host/prober.ts';
import { SocketTables } from '../host/socket-tables.ts';
import { nothingSeen, type World } from '../plan/world.ts';
import type { Installed } from '../pool/installed.ts';
import { ceiling } from './ceiling.ts';
import { Externals } from './externals.ts';
import type { Log } from './log.ts';
import { Meters } from './meters.ts';
import { observe, type Sources } from './observe.ts';
import { Schedules } from './schedules.ts';
import { Shares } from './shares.ts';
import { Traffic } from './traffic.ts';

/** All that the controller knows the machine by; keeps what only several looks together tell. */
export class Senses {
  readonly #sources: Sources;
  readonly #meters = new Meters();
  readonly #shares = new Shares();
  readonly #traffic: Traffic;
  readonly #externals: Externals;
  readonly #schedules: Schedules;
  /** How the machine's memory stood when it was last asked. */
  #ceiling: string | null = null;

  /** `news` is called when something changed that no unit and no probe tells of. */
  constructor(instances: Instances, prober: Prober, jobs: Jobs, log: Log, news: () => void) {
    this.#sources = { instances, prober, tables: new SocketTables(), flow: new Flow() };
    this.#traffic = new Traffic(log);
    this.#externals = new Externals(jobs);
    this.#schedules = new Schedules(log, news);
  }

  /** Turns to the pools that are installed now. */
  async follow(installed: Installed): Promise<void> {
    this.#meters.follow(installed);
    await this.#traffic.follow(installed);
    await this.#schedules.learn(installed, Date.now());
  }

  /** One look: all but what was asked, and without the signals of a tick. `isQuiet`: nothing was to do, and nobody had news. */
  async look(installed: Installed, isQuiet: boolean): Promise<World> {
    const now = Date.now();
    const requests = this.#traffic.take();
    const seen = await observe(installed, this.#sources, requests, isQuiet);
    this.#meters.add(seen.load, requests, this.#externals.values(installed, now), now);
    return {
      ...nothingSeen(),
      ...seen,
      load: this.#shares.add(seen.load, now),
      traffic: this.#meters.traffic(now),
      ceiling: this.#ceiling,
      schedules: this.#schedules.now(installed, now),
    };
  }

  /** What a tick decides by. */
  signals(): Pick<World, 'signals' | 'activeAt'> {
    return this.#meters.signals(Date.now());
  }

  /** Asks how the machine's memory stands. */
  async weigh({ site }: Installed): Promise<void> {
    this.#ceiling = ceiling(site, await readMemory());
  }
}
