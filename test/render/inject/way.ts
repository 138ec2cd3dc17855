import type { Protocol } from '../../../src/model/pool.ts';

/** How nginx and the workers of a pool come together, which decides on most of the texts. */
export interface Way {
  listen: 'tcp' | 'unix';
  /** Listen=fd: systemd holds the sockets. */
  activated: boolean;
  protocol: Protocol;
  /** Of Protocol=fastcgi. */
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

/** Every way that there is. */
export const WAYS: readonly Way[] = SPOKEN.flatMap(spoken =>
  (['tcp', 'unix'] as const).flatMap(listen =>
    [false, true].map(activated => ({ listen, activated, ...spoken })),
  ),
);

/** HTTP to sockets that the workers make themselves. */
export const plainly = (listen: Way['listen']): Way => ({
  listen,
  activated: false,
  protocol: 'http',
  script: 'none',
});
