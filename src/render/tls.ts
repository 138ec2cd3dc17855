import { portOf } from '../model/address.ts';
import type { Tls } from '../model/site.ts';
import { type Assets, fill } from './fill.ts';

/** nginx wants brackets around an IPv6 address. */
const nameServer = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const resolver = (addresses: readonly string[]): string[] =>
  addresses.length > 0 ? [`resolver ${addresses.map(nameServer).join(' ')};`] : [];

/** The directives of OCSP stapling. */
export const staplingLines = ({ stapling }: Tls, assets: Assets): string[] =>
  stapling === null
    ? []
    : fill(assets, 'nginx/stapling.conf', {
        AUTHORITIES: stapling.authorities,
        RESOLVER: resolver(stapling.resolver),
      });

/** In whole seconds, rounded up: 0 would make browsers drop HSTS. */
const maxAge = (hsts: number): string => `max-age=${Math.ceil(hsts / 1000)}`;

/** Sets the value of Strict-Transport-Security; site.conf adds the header. */
export const hstsLines = ({ hsts }: Tls): string[] =>
  hsts === null ? [] : [`set $cgipool_hsts ${maxAge(hsts)};`];

/** `:8443`, or nothing for the default port. */
function suffix({ listen }: Tls): string {
  const ports = listen.map(portOf);
  return ports.length === 0 || ports.includes(443) ? '' : `:${ports[0]}`;
}

/** The redirect to HTTPS, for the HTTP server block. */
export const redirectLines = (tls: Tls | null, assets: Assets): string[] =>
  tls?.redirect ? fill(assets, 'nginx/redirect.conf', { PORT: suffix(tls) }) : [];
