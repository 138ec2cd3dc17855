import { execFile } from 'node:child_process';

/** Tells systemd that the service is at work, as often as its unit asks for (WatchdogSec=); see sd_watchdog_enabled(3). */
export class Watchdog {
  /** ms; three notices in the time that systemd waits, since one may come late. 0: systemd does not watch. */
  readonly #interval = Number(process.env.WATCHDOG_USEC ?? 0) / 3000;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** To be called whenever work was done, and never by a timer: what stands still must not be taken for alive. */
  beat(): void {
    const now = performance.now();
    if (this.#interval === 0 || now - this.#toldAt < this.#interval) return;
    this.#toldAt = now;
    // Node has no datagram sockets of its own for sd_notify(3); a notice that is lost is followed by two more
    execFile('systemd-notify', ['WATCHDOG=1'], () => {});
  }
}
