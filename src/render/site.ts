import type { Pool, Site } from '../pool/pool.ts';
import { type Assets, fill } from './fill.ts';
import { includeTraffic } from './traffic.ts';

const listens = (given: readonly string[], port: number, ipv6: boolean, more: string): string => {
  const defaults = ipv6 ? [`${port}`, `[::]:${port}`] : [`${port}`];
  return (given.length > 0 ? given : defaults).map(listen => `    listen ${listen}${more};`).join('\n');
};

/** Without it nginx would answer what is no pool's with files of its own, "Welcome to nginx!" at the top. */
const NOTHING_ELSE = '\n    location / {\n        return 404;\n    }\n';

const rest = (pools: readonly Pool[]): string =>
  pools.some(pool => pool.nginx.location === '/') ? '' : NOTHING_ELSE;

function tls(site: Site, pools: readonly Pool[], ipv6: boolean, assets: Assets): string {
  if (!site.tls) return '';
  return fill(assets, 'nginx/tls.conf', {
    LISTEN: listens(site.tls.listen, 443, ipv6, ' ssl http2'),
    NAMES: site.serverNames.join(' '),
    CERTIFICATE: site.tls.certificate,
    KEY: site.tls.key,
    REST: rest(pools),
  });
}

/** conf.d/cgipool.conf: the server blocks. Without Listen= they take both families, where the machine has both. */
export const renderSite = (site: Site, pools: readonly Pool[], ipv6: boolean, assets: Assets): string =>
  fill(assets, 'nginx/site.conf', {
    LISTEN: listens(site.listen, 80, ipv6, ''),
    NAMES: site.serverNames.join(' '),
    TRAFFIC: includeTraffic(pools),
    REST: rest(pools),
    TLS: tls(site, pools, ipv6, assets),
  });
