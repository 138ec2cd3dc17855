import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { type Assets, fill, textOf } from './fill.ts';
import { namesHash } from './names.ts';
import { hstsLines, redirectLines, staplingLines } from './tls.ts';
import { includeTraffic } from './traffic.ts';

function listens(given: readonly string[], port: number, ipv6: boolean, more: string): string[] {
  const defaults = ipv6 ? [`${port}`, `[::]:${port}`] : [`${port}`];
  return (given.length > 0 ? given : defaults).map(listen => `listen ${listen}${more};`);
}

/** Answers 404 outside the pools, where nginx would serve its own files ("Welcome to nginx!"). */
const rest = (pools: readonly Pool[], assets: Assets): string[] =>
  pools.some(pool => pool.nginx.location === '/') ? [] : fill(assets, 'nginx/nothing-else.conf', {});

const challenges = ({ acmeWebroot }: Site, assets: Assets): string[] =>
  acmeWebroot === null ? [] : fill(assets, 'nginx/acme.conf', { WEBROOT: acmeWebroot });

function tls(site: Site, pools: readonly Pool[], ipv6: boolean, assets: Assets): string[] {
  if (!site.tls) return [];
  return fill(assets, 'nginx/tls.conf', {
    // nginx 1.25.1 and later prefer `http2 on;`, but 1.22 does not know it
    LISTEN: listens(site.tls.listen, 443, ipv6, ' ssl http2'),
    NAMES: site.serverNames.join(' '),
    CERTIFICATE: site.tls.certificate,
    KEY: site.tls.key,
    STAPLING: staplingLines(site.tls, assets),
    HSTS: hstsLines(site.tls),
    REST: rest(pools, assets),
  });
}

/** conf.d/cgipool.conf: the server blocks. Without Listen= they listen on IPv4, and on IPv6 if the machine has it. */
export const renderSite = (
  site: Site,
  pools: readonly Pool[],
  { ipv6, namesElsewhere = false }: { ipv6: boolean; namesElsewhere?: boolean },
  assets: Assets,
): string =>
  textOf(
    fill(assets, 'nginx/site.conf', {
      LISTEN: listens(site.listen, 80, ipv6, ''),
      NAMES: site.serverNames.join(' '),
      HASH: namesHash(site.serverNames, namesElsewhere),
      TRAFFIC: includeTraffic(pools),
      REDIRECT: redirectLines(site.tls, assets),
      ACME: challenges(site, assets),
      REST: rest(pools, assets),
      TLS: tls(site, pools, ipv6, assets),
    }),
  );
