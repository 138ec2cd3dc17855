import type { Pool } from '../model/pool.ts';
import { isStream } from '../model/traits.ts';
import { type Assets, fill, textOf } from './fill.ts';
import { renderUpstream, type Sent, upstreamOf } from './upstreams.ts';

const server = (pool: Pool, listen: string, assets: Assets): string[] =>
  fill(assets, 'nginx/stream.conf', {
    NAME: pool.name,
    LISTEN: listen,
    CONNECT: `${pool.nginx.connectTimeout}ms`,
    READ: `${pool.nginx.readTimeout}ms`,
  });

const block = (pool: Pool, routing: Sent, assets: Assets): string[] => [
  ...renderUpstream(upstreamOf(pool, routing), assets),
  ...(pool.nginx.stream === null ? [] : server(pool, pool.nginx.stream, assets)),
];

/** streams.conf: for nginx's stream module what locations.conf and upstreams.conf are for http. */
export const renderStreams = (pools: readonly Pool[], routing: Sent, assets: Assets): string =>
  textOf([
    ...fill(assets, 'nginx/streams.conf', {}),
    ...pools.filter(isStream).flatMap(pool => block(pool, routing, assets)),
  ]);
