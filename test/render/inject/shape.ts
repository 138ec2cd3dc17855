import type { Pool } from '../../../src/model/pool.ts';
import type { Site } from '../../../src/model/site.ts';
import { maySleep, needsTraffic } from '../../../src/model/traits.ts';
import type { Way } from './way.ts';

/** The properties of a pool and a site that decide which directives there are, regardless of values. */
export interface Shape extends Way {
  sleeps: boolean;
  traffic: boolean;
  probe: boolean;
  metric: boolean;
  location: 'none' | 'root' | 'path';
  stream: boolean;
  balance: string;
  idempotent: boolean;
  maxConns: boolean;
  keepalive: boolean;
  buffering: boolean;
  requestBuffering: boolean;
  set: boolean;
  accelRedirect: boolean;
  /** Of the site. */
  tls: boolean;
  redirect: boolean;
  hsts: boolean;
  stapling: boolean;
  resolver: boolean;
  acme: boolean;
  listens: boolean;
  tlsListens: boolean;
  nginxSockets: boolean;
}

const locationOf = ({ nginx }: Pool): Shape['location'] => {
  if (nginx.location === null) return 'none';
  return nginx.location === '/' ? 'root' : 'path';
};

const scriptOf = ({ nginx }: Pool): Way['script'] => {
  if (nginx.script !== null) return 'script';
  return nginx.root === null ? 'none' : 'root';
};

const ofRoute = (pool: Pool, { nginx } = pool) => ({
  script: scriptOf(pool),
  location: locationOf(pool),
  stream: nginx.stream !== null,
  balance: nginx.balance.method,
  idempotent: nginx.idempotent,
  maxConns: nginx.maxConns !== null,
  keepalive: nginx.keepalive > 0,
  buffering: nginx.buffering,
  requestBuffering: nginx.requestBuffering,
  set: nginx.set.length > 0,
  accelRedirect: nginx.accelRedirect,
});

export const shapeOf = (pool: Pool, site: Site): Shape => ({
  listen: pool.listen,
  activated: pool.activated,
  protocol: pool.protocol,
  sleeps: maySleep(pool),
  traffic: needsTraffic(pool),
  probe: pool.health.probe === 'exec',
  metric: pool.scale.metric?.kind === 'exec',
  ...ofRoute(pool),
  tls: site.tls !== null,
  redirect: site.tls?.redirect ?? false,
  hsts: site.tls !== null && site.tls.hsts !== null,
  stapling: site.tls !== null && site.tls.stapling !== null,
  resolver: (site.tls?.stapling?.resolver.length ?? 0) > 0,
  acme: site.acmeWebroot !== null,
  listens: site.listen.length > 0,
  tlsListens: (site.tls?.listen.length ?? 0) > 0,
  nginxSockets: site.socketActivation,
});

/** The shape with as many directives as one pool can have. */
export const full = (way: Way, isStream = way.protocol === 'tcp'): Shape => ({
  ...way,
  ...{ sleeps: !isStream, traffic: !isStream, probe: true, metric: true, balance: 'hash' },
  ...{ location: isStream ? 'none' : 'path', stream: isStream, set: !isStream, maxConns: true },
  // Keepalive= excludes other keys
  ...{ idempotent: false, keepalive: false, buffering: false, requestBuffering: false },
  accelRedirect: false,
  ...{ tls: true, listens: true, tlsListens: true, redirect: true, hsts: true },
  ...{ stapling: true, resolver: true, acme: true, nginxSockets: true },
});
