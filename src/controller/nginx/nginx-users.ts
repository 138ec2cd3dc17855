import { usersOf } from '../../host/kernel/users.ts';
import type { Bus } from '../../host/systemd/bus.ts';
import { unitProperty } from '../../host/systemd/systemd.ts';
import { NGINX_UNIT } from '../../model/services.ts';

/** The users only change with nginx's configuration, ms. */
const READ_INTERVAL_MS = 10_000;

/** The users that nginx's processes run as: only their connections are requests. */
export class NginxUsers {
  /** Of the last two readings: one may find nginx in the middle of its start, without its workers. */
  #uids: ReadonlySet<number> = new Set();
  #last: ReadonlySet<number> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(readonly bus: Bus) {}

  /**
   * Whether a client of an instance is nginx. Its users stay known while it does not run. Every client counts if they
   * never were: nginx may run otherwise than as nginx.service.
   */
  async counts(): Promise<(client: number | null) => boolean> {
    if (performance.now() - this.#readAt >= READ_INTERVAL_MS) await this.#read();
    const uids = this.#uids;
    return client => uids.size === 0 || (client !== null && uids.has(client));
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now();
    const cgroup = String(await unitProperty(this.bus, NGINX_UNIT, 'Service', 'ControlGroup'));
    const uids = cgroup === '' ? new Set<number>() : usersOf(cgroup);
    if (uids.size === 0) return;
    this.#uids = new Set([...uids, ...this.#last]);
    this.#last = uids;
  }
}
