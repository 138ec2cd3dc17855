import type { Protocol } from '../../../src/model/pool.ts';

/** How nginx reaches the workers of a pool, which decides most of the generated files. */
export interface Way {
  listen: 'tcp' | 'unix';
  /** Listen=fd: systemd holds the sockets. */
  activated: boolean;
  protocol: Protocol;
  /** With Protocol=fastcgi. */
  script: 'none' | 'script' | 'root';
}

const SPOKEN: readonly Pick<Way, 'protocol' | 'script'>[] = [
  ...(['http', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'tcp'] as const).map(protocol => ({
    protocol,
    script: 'none' as const,
  })),
  { protocol: 'fastcgi', script: 'script' },
  { protocol: 'fastcgi', script: 'root' },
];

/** All ways. */
export const WAYS: readonly Way[] = SPOKEN.flatMap(spoken =>
  (['tcp', 'unix'] as const).flatMap(listen =>
    [false, true].map(activated => ({ listen, activated, ...spoken })),
  ),
);

/** HTTP, to sockets that the workers create themselves. */
export const plainly = (listen: Way['listen']): Way => ({
  listen,
  activated: false,
  protocol: 'http',
  script: 'none',
});
