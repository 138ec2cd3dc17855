import { formatProblem, type Problem } from '../base/result.ts';
import { portOf } from '../model/address.ts';
import type { Site } from '../model/site.ts';
import type { Wants } from './pool-file.ts';
import { serverPorts } from './site-file.ts';
import { formatSlots } from './values/slots.ts';

const STATUS = '/pool-status';
const CHALLENGES = '/.well-known/acme-challenge';

/** `auth.pool:4`, as messages name a line of another file. */
const place = (file: string, line: number): string =>
  formatProblem({ file, line, message: '' }).replace(/: $/, '');

/** What only one can have: who has which name, port and location, as a place to look at. */
export class Claims {
  #names = new Map<string, string>();
  #ports = new Map<number, string>();
  #locations = new Map<string, string>();

  constructor(site: Site) {
    for (const port of serverPorts(site))
      this.#ports.set(port, "nginx's server block (Listen= in cgipool.conf)");
    this.#ports.set(portOf(site.control), 'nginx (Control= in cgipool.conf)');
    this.#locations.set(STATUS, 'the status page');
    if (site.acmeWebroot !== null) this.#locations.set(CHALLENGES, 'ACMEWebroot= in cgipool.conf');
  }

  /** Takes what a pool wants, where it is still to be had. */
  take(file: string, { name, ports, location }: Wants): void {
    const first = <K>(map: Map<K, string>, key: K, line: number): void => {
      if (!map.has(key)) map.set(key, place(file, line));
    };
    first(this.#names, name, 0);
    for (const { line, numbers } of ports) for (const port of numbers) first(this.#ports, port, line);
    if (location.path !== null) first(this.#locations, location.path, location.line);
  }

  /** What of a pool's wants belongs to others. */
  conflicts(file: string, wants: Wants): Problem[] {
    return [
      ...this.#name(file, wants),
      ...wants.ports.flatMap(ports => this.#port(file, ports)),
      ...this.#location(file, wants),
    ];
  }

  #name(file: string, { name }: Wants): Problem[] {
    const owner = this.#names.get(name);
    return owner === undefined
      ? []
      : [{ file, line: 0, message: `pool ${name} is already defined by ${owner}: rename one of the files` }];
  }

  #port(file: string, ports: Wants['ports'][number]): Problem[] {
    const byOwner = new Map<string, number[]>();
    for (const port of ports.numbers) {
      const owner = this.#ports.get(port);
      if (owner === undefined) continue;
      const taken = byOwner.get(owner) ?? [];
      taken.push(port);
      byOwner.set(owner, taken);
    }
    return [...byOwner].map(([owner, taken]) => {
      const message =
        taken.length === 1
          ? `port ${taken[0]} belongs to ${owner} already: choose another`
          : `ports ${formatSlots(taken)} belong to ${owner} already: choose others`;
      return { file, line: ports.line, message };
    });
  }

  #location(file: string, { location: { path, line } }: Wants): Problem[] {
    const owner = path === null ? undefined : this.#locations.get(path);
    return owner === undefined
      ? []
      : [{ file, line, message: `Location=${path} belongs to ${owner} already: choose another` }];
  }
}
