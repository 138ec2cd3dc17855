/** Any slot: slots are numbers, and so are never part of a name of cgipool's own. */
const SLOT = '1';

const specifiers: Record<string, (pool: string) => string> = {
  '%': () => '%',
  C: () => '/var/cache',
  E: () => '/etc',
  L: () => '/var/log',
  S: () => '/var/lib',
  T: () => '/tmp',
  V: () => '/var/tmp',
  t: () => '/run',
  Y: () => '/etc/systemd/system',
  y: pool => `/etc/systemd/system/cgipool-${pool}@.service`,
  f: () => `/${SLOT}`,
  I: () => SLOT,
  i: () => SLOT,
  J: pool => pool.replace(/^.*-/, ''),
  j: pool => pool.replace(/^.*-/, ''),
  N: pool => `cgipool-${pool}@${SLOT}`,
  n: pool => `cgipool-${pool}@${SLOT}.service`,
  P: pool => `cgipool-${pool}`.replaceAll('-', '/'),
  p: pool => `cgipool-${pool}`,
};

/**
 * A text with the specifiers of systemd.unit(5) replaced as in an instance of the pool. Those of users and of the machine, such
 * as %u and %H, stay as they are: they name nothing of cgipool's.
 */
export const expanded = (text: string, pool: string): string =>
  text.replace(/%(.)/g, (whole, letter: string) =>
    Object.hasOwn(specifiers, letter) ? (specifiers[letter]?.(pool) ?? whole) : whole,
  );
