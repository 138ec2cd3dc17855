import { epochOfClock, monotonic } from '../../host/clock.ts';
import { ConnectionTracker } from '../../host/kernel/connection-tracker.ts';
import { cores } from '../../host/kernel/cores.ts';
import { readMemory } from '../../host/kernel/memory.ts';
import { SocketTables } from '../../host/kernel/sockets.ts';
import { UnixSockets } from '../../host/kernel/unix-sockets.ts';
import type { Prober } from '../../host/probe/prober.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import type { Jobs } from '../../host/systemd/jobs.ts';
import { passedSocket } from '../../host/systemd/passed.ts';
import type { Installed } from '../../model/installed.ts';
import { requiredBy } from '../../model/traits.ts';
import type { Plan } from '../../plan/plan.ts';
import { nothingSeen, type World } from '../../plan/world.ts';
import type { Logger } from '../log.ts';
import { NginxUsers } from '../nginx/nginx-users.ts';
import { NginxWatch } from '../nginx/nginx-watch.ts';
import { RequestLog } from '../nginx/request-log.ts';
import { CpuShares } from './cpu-shares.ts';
import { ExternalMetrics } from './externals.ts';
import { ceiling } from './memory-limit.ts';
import { Meters } from './meters.ts';
import { observe, type Sources } from './observe.ts';
import { ActiveSchedules } from './schedules.ts';
import { Stalls } from './stalls.ts';
import { StrangerCheck } from './strangers.ts';
import { Wakes } from './wakes.ts';

/** Only a configuration with our control port answers there. */
const isToAnswer = ({ nginx, published }: Pick<World, 'nginx' | 'published'>): boolean =>
  (nginx === 'active' || nginx === null) && (published?.generation ?? 0) > 0;

/** Observes the machine for the controller; keeps what spans several passes. */
export class Observer {
  readonly #sources: Sources;
  readonly #meters = new Meters();
  readonly #wakes = new Wakes();
  readonly #shares = new CpuShares();
  readonly #stalls: Stalls;
  readonly #requestLog: RequestLog;
  readonly #externals: ExternalMetrics;
  readonly #schedules: ActiveSchedules;
  readonly #nginx: NginxWatch;
  /** From the last checkMemory(). */
  #ceiling: string | null = null;

  /** `onChange` is called when a schedule begins or ends, or nginx falls silent. */
  constructor(instances: Instances, prober: Prober, jobs: Jobs, log: Logger, onChange: () => void) {
    const unix = passedSocket('unix');
    this.#sources = {
      instances,
      prober,
      tables: new SocketTables(unix === null ? null : new UnixSockets(unix)),
      flow: new ConnectionTracker(),
      nginxUsers: new NginxUsers(instances.bus),
      strangers: new StrangerCheck(instances),
    };
    this.#stalls = new Stalls(instances);
    this.#requestLog = new RequestLog(log);
    this.#externals = new ExternalMetrics(jobs);
    this.#schedules = new ActiveSchedules(log, onChange);
    this.#nginx = new NginxWatch(() => {
      // rather by systemd's word, if it was stopped
      instances.expectChange();
      onChange();
    });
  }

  /** Switches to a new set of installed pools. */
  async setPools(installed: Installed): Promise<void> {
    this.#meters.setPools(installed);
    this.#sources.instances.require(installed.pools.flatMap(({ pool }) => requiredBy(pool)));
    await this.#requestLog.setPools(installed);
    await this.#schedules.learn(installed, Date.now());
  }

  /** The world of one pass, without commands and signals. `serving`: the lives whose load counts; `suspects`: see Plan. */
  async observe(
    installed: Installed,
    { serving, suspects }: Pick<Plan, 'serving' | 'suspects'>,
  ): Promise<World> {
    const now = monotonic();
    const requests = await this.#requestLog.take();
    const observed = await observe(installed, this.#sources, requests, suspects);
    this.#nginx.watch(isToAnswer(observed) ? installed.site.control : null);
    const woken = this.#wakes.answered(observed.wakeSockets);
    this.#meters.add({ ...observed, woken }, serving, requests, this.#externals.values(installed, now), now);
    return {
      ...nothingSeen(),
      epoch: epochOfClock(),
      ...observed,
      load: this.#stalls.add(this.#shares.add(observed.load, now), serving),
      cores: cores(),
      traffic: this.#meters.traffic(now),
      unheard: this.#meters.unheard(),
      isNginxSilent: this.#nginx.isSilent,
      ceiling: this.#ceiling,
      schedules: this.#schedules.now(installed, Date.now()),
    };
  }

  /** Problems of observation itself, for people. */
  get problems(): string[] {
    return this.#requestLog.problems;
  }

  /** The signals for the decisions of a tick. */
  signals(): Pick<World, 'signals' | 'activeAt'> {
    return this.#meters.signals(monotonic());
  }

  /** Checks the machine's memory against [Machine]. */
  async checkMemory({ site }: Installed): Promise<void> {
    this.#ceiling = ceiling(site, await readMemory());
  }
}
