import { portOf } from '../model/address.ts';
import type { Tls } from '../model/site.ts';
import { type Assets, fill } from './fill.ts';

/** nginx wants brackets around an IPv6 address. */
const nameServer = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const resolver = (addresses: readonly string[]): string[] =>
  addresses.length > 0 ? [`resolver ${addresses.map(nameServer).join(' ')};`] : [];

/** The lines that staple OCSP answers to the certificate. */
export const staplingLines = ({ stapling }: Tls, assets: Assets): string[] =>
  stapling === null
    ? []
    : fill(assets, 'nginx/stapling.conf', {
        AUTHORITIES: stapling.authorities,
        RESOLVER: resolver(stapling.resolver),
      });

/** Whole seconds, and rather one more: 0 would mean that browsers are to forget it. */
const maxAge = (hsts: number): string => `max-age=${Math.ceil(hsts / 1000)}`;

/** What Strict-Transport-Security says; the header itself is added in site.conf. */
export const hstsLines = ({ hsts }: Tls): string[] =>
  hsts === null ? [] : [`set $cgipool_hsts ${maxAge(hsts)};`];

/** `:8443`, or nothing where a browser would ask by itself. */
function suffix({ listen }: Tls): string {
  const ports = listen.map(portOf);
  return ports.length === 0 || ports.includes(443) ? '' : `:${ports[0]}`;
}

/** The lines of the plain server that send clients here. */
export const redirectLines = (tls: Tls | null, assets: Assets): string[] =>
  tls?.redirect ? fill(assets, 'nginx/redirect.conf', { PORT: suffix(tls) }) : [];
