import { ConnectionTracker } from '../../host/kernel/connection-tracker.ts';
import { readMemory } from '../../host/kernel/memory.ts';
import { SocketTables } from '../../host/kernel/sockets.ts';
import type { Prober } from '../../host/probe/prober.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import type { Jobs } from '../../host/systemd/jobs.ts';
import type { Installed } from '../../model/installed.ts';
import { nothingSeen, type World } from '../../plan/world.ts';
import type { Log } from '../log.ts';
import { CpuShares } from './cpu-shares.ts';
import { ExternalMetrics } from './externals.ts';
import { ceiling } from './memory-limit.ts';
import { Meters } from './meters.ts';
import { NginxUsers } from './nginx-users.ts';
import { observe, type Sources } from './observe.ts';
import { Schedules } from './schedules.ts';
import { Traffic } from './traffic.ts';

/** All that the controller knows the machine by; keeps what only several looks together tell. */
export class Observer {
  readonly #sources: Sources;
  readonly #meters = new Meters();
  readonly #shares = new CpuShares();
  readonly #traffic: Traffic;
  readonly #externals: ExternalMetrics;
  readonly #schedules: Schedules;
  /** How the machine's memory stood when it was last asked. */
  #ceiling: string | null = null;

  /** `news` is called when something changed that no unit and no probe tells of. */
  constructor(instances: Instances, prober: Prober, jobs: Jobs, log: Log, news: () => void) {
    const nginxUsers = new NginxUsers(instances.bus);
    this.#sources = {
      instances,
      prober,
      tables: new SocketTables(),
      flow: new ConnectionTracker(),
      nginxUsers,
    };
    this.#traffic = new Traffic(log);
    this.#externals = new ExternalMetrics(jobs);
    this.#schedules = new Schedules(log, news);
  }

  /** Turns to the pools that are installed now. */
  async setPools(installed: Installed): Promise<void> {
    this.#meters.setPools(installed);
    await this.#traffic.setPools(installed);
    await this.#schedules.learn(installed, Date.now());
  }

  /** One pass: all but what was asked, and without the signals of a tick. */
  async observe(installed: Installed): Promise<World> {
    const now = Date.now();
    const requests = await this.#traffic.take();
    const seen = await observe(installed, this.#sources, requests);
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

  /** What an administrator should know, in words. */
  get problems(): string[] {
    return this.#traffic.problems;
  }

  /** What a tick decides by. */
  signals(): Pick<World, 'signals' | 'activeAt'> {
    return this.#meters.signals(Date.now());
  }

  /** Asks how the machine's memory stands. */
  async checkMemory({ site }: Installed): Promise<void> {
    this.#ceiling = ceiling(site, await readMemory());
  }
}
