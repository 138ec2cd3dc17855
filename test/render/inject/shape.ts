import type { Pool, Site } from '../../../src/pool/pool.ts';
import { maySleep } from '../../../src/pool/sleep.ts';
import { needsTraffic } from '../../../src/pool/traffic.ts';

/** What of a pool and a site decides which directives there are, whatever their values. */
export interface Shape {
  listen: 'tcp' | 'unix';
  sleeps: boolean;
  traffic: boolean;
  probe: boolean;
  metric: boolean;
  location: 'none' | 'root' | 'path';
  balance: string;
  idempotent: boolean;
  /** Of the site. */
  tls: boolean;
  redirect: boolean;
  hsts: boolean;
  stapling: boolean;
  resolver: boolean;
  acme: boolean;
  listens: boolean;
  tlsListens: boolean;
}

const locationOf = ({ nginx }: Pool): Shape['location'] => {
  if (nginx.location === null) return 'none';
  return nginx.location === '/' ? 'root' : 'path';
};

export const shapeOf = (pool: Pool, site: Site): Shape => ({
  listen: pool.listen,
  sleeps: maySleep(pool),
  traffic: needsTraffic(pool),
  probe: pool.health.probe === 'exec',
  metric: pool.scale.metric?.kind === 'exec',
  location: locationOf(pool),
  balance: pool.nginx.balance.method,
  idempotent: pool.nginx.idempotent,
  tls: site.tls !== null,
  redirect: site.tls?.redirect ?? false,
  hsts: site.tls !== null && site.tls.hsts !== null,
  stapling: site.tls !== null && site.tls.stapling !== null,
  resolver: (site.tls?.stapling?.resolver.length ?? 0) > 0,
  acme: site.acmeWebroot !== null,
  listens: site.listen.length > 0,
  tlsListens: (site.tls?.listen.length ?? 0) > 0,
});

/** With as much of everything as one pool can have. */
export const full = (listen: Shape['listen']): Shape => ({
  ...{ listen, sleeps: true, traffic: true, probe: true, metric: true, location: 'path', balance: 'hash' },
  ...{ idempotent: false, tls: true, listens: true, tlsListens: true, redirect: true, hsts: true },
  ...{ stapling: true, resolver: true, acme: true },
});

/** The lines of a file, by section and key; undefined: none. */
export type Lines = Record<string, Record<string, string | undefined>>;

const LOCATIONS = { none: undefined, root: '/', path: '/qqlocation' };

/** A harmless pool of a shape. Each of its words is found again where it is rendered, and nowhere else. */
export const poolLines = (shape: Shape): Lines => ({
  Pool: {
    Description: 'qqdescription',
    Exec: '/qq/exec',
    Listen: shape.listen,
    [shape.listen === 'tcp' ? 'Ports' : 'Slots']: '11127',
    MaxRequests: shape.traffic && !shape.sleeps ? '11129' : undefined,
  },
  Health: {
    Probe: shape.probe ? 'exec' : 'tcp',
    Command: shape.probe ? '/qq/check' : undefined,
    Timeout: '11107ms',
  },
  Scale: shape.metric ? { External: '1', Metric: 'exec:/qq/count' } : {},
  'Schedule qqschedule': { OnCalendar: '08:00', Duration: '1h', Min: shape.sleeps ? '0' : '1' },
  Nginx: {
    Location: LOCATIONS[shape.location],
    Balance: shape.balance === 'hash' ? 'hash $arg_qqhash' : shape.balance,
    ConnectTimeout: '11103ms',
    ReadTimeout: '11101ms',
    Idempotent: shape.idempotent ? 'yes' : 'no',
    MaxBody: '11105',
  },
  Service: { User: 'qqservice' },
  Unit: { 'X-Qq': 'qqunit' },
  Slice: { 'X-Qq': 'qqslice' },
});

/** A harmless site of a shape. */
export const siteLines = (shape: Shape): Lines => ({
  Nginx: {
    ServerName: 'qqserver.name',
    Listen: shape.listens ? '11121' : undefined,
    TLSListen: shape.tlsListens ? '11123' : undefined,
    TLSCertificate: shape.tls ? '/qq/certificate' : undefined,
    TLSKey: shape.tls ? '/qq/key' : undefined,
    TLSRedirect: shape.redirect ? 'yes' : 'no',
    HSTS: shape.hsts ? '11131s' : 'none',
    TLSStapling: shape.stapling ? 'yes' : 'no',
    TLSAuthorities: '/qq/authorities',
    Resolver: shape.resolver ? '10.11.12.14' : undefined,
    ACMEWebroot: shape.acme ? '/qq/webroot' : undefined,
    StatusAllow: '10.11.12.13',
    Control: '127.1.1.1:11111',
    AccessLog: '127.1.1.2:11112',
    Group: 'qqgroup',
  },
  Machine: { MinAvailable: '5%' },
});

/** The text of a file, but for one key, to which something else is done. */
export const spell = (lines: Lines, without: { section: string; key: string }): string =>
  Object.entries(lines)
    .flatMap(([section, keys]) => [
      `[${section}]`,
      ...Object.entries(keys)
        .filter(([key, text]) => text !== undefined && !(section === without.section && key === without.key))
        .map(([key, text]) => `${key}=${text}`),
    ])
    .join('\n');
