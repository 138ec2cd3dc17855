import type { Machine } from '../machine/machine.ts';

const PLACES = '/etc /usr/local /var/lib';

/** Every file, link and folder there, with what any write to it changes. */
export const stamps = (m: Machine): Promise<string> =>
  m.run(
    `find ${PLACES} -xdev -not -path '/var/lib/systemd/*' -printf '%p %y %m %u %g %s %T@ %C@ %l\n' | sort`,
  );

/** Every name there, and what the files of /etc hold, but for the backups that useradd and userdel make. */
export const contents = (m: Machine): Promise<string> =>
  m.run(`find ${PLACES} -xdev -not -path '/var/lib/systemd/*' -not -name '*-' -not -name .pwd.lock -printf '%p %y %m %u %g %l\n' | sort
    find /etc -xdev -type f -not -name '*-' -not -name .pwd.lock -print0 | sort -z | xargs -0 sha256sum`);

/** What a machine still has of cgipool besides files: units, users, what runs, folders below /run. */
export const remains = (m: Machine): Promise<string> =>
  m.run(`systemctl list-units --all --plain --no-legend 'cgipool*'
    systemctl list-unit-files --no-legend 'cgipool*' 2>/dev/null
    systemctl show --property DropInPaths nginx.service | grep cgipool
    busctl --list --no-legend 2>/dev/null | grep cgipool
    getent passwd cgipool; getent group cgipool
    find /run -xdev -name '*cgipool*'
    ls /etc/nginx/conf.d/ | grep cgipool
    true`);
