import type { Directive, Pool } from '../../model/pool.ts';

/** Write access for the group, by which nginx and probes connect. */
const GROUP_WRITE = 0o020;

/** A warning for a worker that makes a socket file which nginx may not connect to, unless the program changes its mode. */
export function closedSocket({
  listen,
  activated,
  service,
}: Pick<Pool, 'listen' | 'activated' | 'service'>): { line: number; message: string }[] {
  // the last assignment of a directive wins
  const last = service.findLast(({ key }: Directive) => key === 'UMask');
  const isClosed =
    last !== undefined && /^[0-7]+$/.test(last.value) && (Number.parseInt(last.value, 8) & GROUP_WRITE) !== 0;
  return listen === 'unix' && !activated && isClosed
    ? [
        {
          line: last.line,
          message: `UMask=${last.value} closes the socket file of a worker to nginx, whose group needs write access: use UMask=0007`,
        },
      ]
    : [];
}
