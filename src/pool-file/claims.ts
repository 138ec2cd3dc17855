import { formatProblem, type Problem } from '../base/result.ts';
import { portOf } from '../model/address.ts';
import type { Site } from '../model/site.ts';
import type { PoolClaims } from './pool-file.ts';
import { serverPorts } from './site-file.ts';
import { formatSlots } from './values/slots.ts';

const STATUS = '/pool-status';
const CHALLENGES = '/.well-known/acme-challenge';

/** `auth.pool:4`, a line of another file in a message. */
const formatPlace = (file: string, line: number): string =>
  formatProblem({ file, line, message: '' }).replace(/: $/, '');

/** Who owns each name, port and location, of which there can be only one; owners as messages name them. */
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

  /** Records what a pool claims, unless another owns it already. */
  take(file: string, { name, ports, location }: PoolClaims): void {
    const claim = <K>(owners: Map<K, string>, key: K, line: number): void => {
      if (!owners.has(key)) owners.set(key, formatPlace(file, line));
    };
    claim(this.#names, name, 0);
    for (const { line, numbers } of ports) for (const port of numbers) claim(this.#ports, port, line);
    if (location.path !== null) claim(this.#locations, location.path, location.line);
  }

  /** Which of a pool's claims others own already. */
  conflicts(file: string, claims: PoolClaims): Problem[] {
    return [
      ...this.#checkName(file, claims),
      ...claims.ports.flatMap(ports => this.#checkPorts(file, ports)),
      ...this.#checkLocation(file, claims),
    ];
  }

  #checkName(file: string, { name }: PoolClaims): Problem[] {
    const owner = this.#names.get(name);
    return owner === undefined
      ? []
      : [{ file, line: 0, message: `pool ${name} is already defined by ${owner}: rename one of the files` }];
  }

  #checkPorts(file: string, ports: PoolClaims['ports'][number]): Problem[] {
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

  #checkLocation(file: string, { location: { path, line } }: PoolClaims): Problem[] {
    const owner = path === null ? undefined : this.#locations.get(path);
    return owner === undefined
      ? []
      : [{ file, line, message: `Location=${path} belongs to ${owner} already: choose another` }];
  }
}
