import type { Machine } from '../../tools/machine/machine.ts';
import type { Target } from './inside/mutate.ts';
import { type Attacked, attacked, ownSeeds } from './pools.ts';
import { h2Seeds, httpSeeds } from './seeds.ts';

const HTTP = { host: '127.0.0.1', port: 80 };
const HTTPS = { host: '127.0.0.1', port: 443 };

const overNginx = ({ pool, protocol, path }: Attacked): Target =>
  protocol === 'grpc'
    ? { pool, address: HTTPS, isTls: true, seeds: h2Seeds(path) }
    : { pool, address: HTTP, seeds: httpSeeds(path) };

/** Where the first instance of a pool listens. */
async function addressOf(m: Machine, pool: string): Promise<Target['address']> {
  const { instances } = await m.poolStatus(pool);
  const endpoint = instances[0]?.endpoint ?? '';
  if (endpoint.startsWith('unix:')) return { path: endpoint.slice('unix:'.length) };
  return { host: '127.0.0.1', port: Number(endpoint.split(':')[1]) };
}

const past = async (m: Machine, one: Attacked): Promise<Target> => ({
  pool: one.pool,
  address: await addressOf(m, one.pool),
  seeds: ownSeeds(one),
});

/** The parts of the attack, one after the other, by name; each says where to send. */
export const WAYS: Record<string, (m: Machine) => Promise<Target[]>> = {
  nginx: async () => attacked.map(overNginx),
  ...Object.fromEntries(
    (['http', 'fastcgi', 'scgi', 'uwsgi', 'grpc'] as const).map(protocol => [
      `past nginx, ${protocol}`,
      (m: Machine) => Promise.all(attacked.filter(a => a.protocol === protocol).map(a => past(m, a))),
    ]),
  ),
};
