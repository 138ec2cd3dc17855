import type { Machine } from '../../tools/machine/machine.ts';

const PLACES = '/etc /usr/local /var/lib';

const NAMES = `find ${PLACES} -xdev -not -path '/var/lib/systemd/*' -not -name '*-' -not -name .pwd.lock`;
// a directory's timestamp also reveals temporary files
const STAMPS = `${NAMES} \\( -type d -printf '%p %m %u %g\n' -o -printf '%p %y %m %u %g %s %T@ %C@ %l\n' \\) | sort`;
const TEXTS = `${NAMES} -printf '%p %y %m %u %g %l\n' | sort
  find /etc -xdev -type f -not -name '*-' -not -name .pwd.lock -print0 | sort -z | xargs -0 sha256sum`;

/** Records a listing. Returns a function that shows the differences since, like diff. */
async function remember(m: Machine, list: string): Promise<() => Promise<string>> {
  const before = `/srv/listing-${Date.now()}`;
  await m.run(`{ ${list}; } >${before}`);
  return () => m.run(`{ ${list}; } | diff ${before} - | grep '^[<>]' || :`);
}

/** All files that were written to, even with the same text, except the backups of useradd and userdel. */
export const stamps = (m: Machine): Promise<() => Promise<string>> => remember(m, STAMPS);

/** Files that were added or removed, and those changed in /etc. */
export const contents = (m: Machine): Promise<() => Promise<string>> => remember(m, TEXTS);

/** What is left of cgipool besides files: units, users, processes, directories in /run. */
export const remains = (m: Machine): Promise<string> =>
  m.run(`systemctl list-units --all --plain --no-legend 'cgipool*'
    systemctl list-unit-files --no-legend 'cgipool*' 2>/dev/null
    systemctl show --property DropInPaths nginx.service | grep cgipool
    busctl --list --no-legend 2>/dev/null | grep cgipool
    getent passwd cgipool; getent group cgipool
    find /run -xdev -name '*cgipool*'
    ls /etc/nginx/conf.d/ | grep cgipool
    true`);
