import type { Pool } from '../model/pool.ts';
import { isStream } from '../model/traits.ts';
import { type Assets, fill, textOf } from './fill.ts';
import { renderUpstream, type SentTo, upstreamOf } from './upstreams.ts';

const server = (pool: Pool, listen: string, assets: Assets): string[] =>
  fill(assets, 'nginx/stream.conf', {
    NAME: pool.name,
    LISTEN: listen,
    CONNECT: `${pool.nginx.connectTimeout}ms`,
    READ: `${pool.nginx.readTimeout}ms`,
  });

const block = (pool: Pool, routing: SentTo, assets: Assets): string[] => [
  ...renderUpstream(upstreamOf(pool, routing), assets),
  ...(pool.nginx.stream === null ? [] : server(pool, pool.nginx.stream, assets)),
];

/** streams.conf: the upstreams and servers of Protocol=tcp, for nginx's stream module. */
export const renderStreams = (pools: readonly Pool[], routing: SentTo, assets: Assets): string =>
  textOf([
    ...fill(assets, 'nginx/streams.conf', {}),
    ...pools.filter(isStream).flatMap(pool => block(pool, routing, assets)),
  ]);
