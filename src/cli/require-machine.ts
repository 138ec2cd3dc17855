import { existsSync } from 'node:fs';
import { readText } from '../host/files/files.ts';
import { Failure } from './failure.ts';

/** Throws Failure for what is missing on the machine, before anything is written. */
export async function requireMachine(): Promise<void> {
  if (!existsSync('/run/systemd/system'))
    throw new Failure(
      'systemd is not running as PID 1, which cgipool needs (npm run demo boots a private machine)',
    );
  if (!existsSync('/run/dbus/system_bus_socket'))
    throw new Failure('there is no D-Bus system bus: apt-get install dbus, then systemctl start dbus.socket');
  if (
    !existsSync('/usr/share/polkit-1') &&
    (await readText('/usr/lib/systemd/system/polkit.service')) === null
  )
    throw new Failure(
      'polkit is missing; without it the controller cannot start units: apt-get install polkitd',
    );
}
