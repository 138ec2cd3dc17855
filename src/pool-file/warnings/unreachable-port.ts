import type { Directive, Pool } from '../../model/pool.ts';
import { boolean } from '../values/values.ts';

const isYes = (value: string): boolean => {
  const read = boolean(value);
  return read.ok && read.value;
};

/**
 * A warning for a worker that listens on a port of a network of its own: neither nginx nor probes reach it. A socket that
 * systemd opens, and a socket file, are outside of that network.
 */
export function unreachablePort({
  listen,
  activated,
  service,
}: Pick<Pool, 'listen' | 'activated' | 'service'>): { line: number; message: string }[] {
  // the last assignment of a directive wins
  const last = service.findLast(({ key }: Directive) => key === 'PrivateNetwork');
  return listen === 'tcp' && !activated && last !== undefined && isYes(last.value)
    ? [
        {
          line: last.line,
          message:
            'PrivateNetwork= hides the port of a worker with Listen=tcp from nginx: use Listen=unix or Listen=fd',
        },
      ]
    : [];
}
