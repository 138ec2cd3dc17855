import { namings, type Use } from './named.ts';
import { isOurs } from './ours.ts';
import { expanded } from './specifiers.ts';

const CURES: Record<Use, string> = {
  makes: 'choose another name',
  opens: 'choose another path',
  reads: 'choose another path',
  starts: 'remove it; After= and Before= may name it, for the order alone',
  stops: 'remove it; After= and Before= may name it, for the order alone',
  is: 'choose another user, or remove it: each instance then has a user of its own',
};

/**
 * Why a directive must not stand in a pool file: it names a path, a unit or a user of cgipool's or of another pool's. Null: it
 * may. `pool`: whose file it is, for the specifiers.
 */
export function takeover(key: string, value: string, pool: string): string | null {
  const naming = Object.hasOwn(namings, key) ? namings[key] : undefined;
  if (naming === undefined) return null;
  const found = naming
    .names(value)
    .map(name => expanded(name, pool))
    .find(isOurs[naming.use]);
  return found === undefined
    ? null
    : `${key}= names ${found}, which is not the pool's own: ${CURES[naming.use]}`;
}
