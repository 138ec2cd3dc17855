import { usersOf } from '../../host/kernel/users.ts';
import type { Bus } from '../../host/systemd/bus.ts';
import { unitProperty } from '../../host/systemd/systemd.ts';
import { NGINX_UNIT } from '../../model/services.ts';

/** The users only change with nginx's configuration, ms. */
const READ_INTERVAL_MS = 10_000;

/** The users that nginx's processes run as: only their connections are requests. */
export class NginxUsers {
  #uids: ReadonlySet<number> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(readonly bus: Bus) {}

  /**
   * Whether a client of an instance is nginx. Every client counts while nginx does not run or its users are unknown.
   */
  async counts(): Promise<(client: number | null) => boolean> {
    if (performance.now() - this.#readAt >= READ_INTERVAL_MS) await this.#read();
    const uids = this.#uids;
    return client => uids.size === 0 || (client !== null && uids.has(client));
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now();
    const cgroup = String(await unitProperty(this.bus, NGINX_UNIT, 'Service', 'ControlGroup'));
    this.#uids = cgroup === '' ? new Set() : usersOf(cgroup);
  }
}
