import { connect } from 'node:net';
import { Bus, BusError } from '../../../../src/host/systemd/bus.ts';
import { type Deed, hold, type Mallory, some } from '../mallory.ts';

type Call = Parameters<Bus['call']>[0];

const CONTROLLER = { destination: 'org.cgipool1', path: '/org/cgipool1' };
const SYSTEMD = {
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
};
const POLKIT = {
  destination: 'org.freedesktop.PolicyKit1',
  path: '/org/freedesktop/PolicyKit1/Authority',
  interface: 'org.freedesktop.PolicyKit1.Authority',
};
const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' };

const call = (to: Omit<Call, 'member'>, member: string, signature = '', ...body: unknown[]): Call => ({
  ...{ ...to, member, signature, body },
  deadline: 5_000,
});

const BIG = 'x'.repeat(1_000_000);
const controller = { ...CONTROLLER, interface: 'org.cgipool1.Controller' };
const properties = { ...CONTROLLER, interface: 'org.freedesktop.DBus.Properties' };
const UNITS = [
  'cgipool.service',
  'cgipool-tcp@8000.service',
  'cgipool-held@8020.socket',
  'cgipool-publish.service',
  'cgipool-sleepy.wake.socket',
  'cgipool-jobs@1.service',
  'nginx.service',
];

/** None of these may succeed for an ordinary user. */
const FORBIDDEN: readonly Call[] = [
  call(controller, 'Status'),
  call(controller, 'Why', 's', BIG),
  call(controller, 'Scale', 'ss', 'tcp', '4'),
  call(controller, 'Scale', 'ss', BIG, BIG),
  ...['Restart', 'Stop', 'Start'].map(member => call(controller, member, 's', 'held')),
  call(controller, 'Autoscale'),
  call(controller, 'Reload'),
  call({ ...CONTROLLER, interface: 'org.freedesktop.DBus.Introspectable' }, 'Introspect'),
  call(properties, 'GetAll', 's', 'org.cgipool1.Controller'),
  ...UNITS.flatMap(unit => [
    ...['StartUnit', 'StopUnit', 'RestartUnit', 'TryRestartUnit', 'ReloadUnit'].map(member =>
      call(SYSTEMD, member, 'ss', unit, 'replace'),
    ),
    call(SYSTEMD, 'StartUnit', 'ss', unit, 'flush'),
    call(SYSTEMD, 'KillUnit', 'ssi', unit, 'all', 9),
    call(SYSTEMD, 'ResetFailedUnit', 's', unit),
    call(SYSTEMD, 'FreezeUnit', 's', unit),
    call(SYSTEMD, 'CleanUnit', 'sas', unit, ['all']),
    call(SYSTEMD, 'SetUnitProperties', 'sba(sv)', unit, true, []),
  ]),
  ...['Reload', 'Reexecute', 'Reboot', 'PowerOff', 'ResetFailed', 'ClearJobs'].map(member =>
    call(SYSTEMD, member),
  ),
  call(SYSTEMD, 'SetEnvironment', 'as', ['A=b']),
  call(SYSTEMD, 'MaskUnitFiles', 'asbb', ['cgipool.service'], true, true),
  call(SYSTEMD, 'CancelJob', 'u', 1),
  call(SYSTEMD, 'SetLogLevel', 's', 'debug'),
  call({ ...BUS, interface: 'org.freedesktop.DBus.Monitoring' }, 'BecomeMonitor', 'asu', [], 0),
  call({ ...BUS, interface: 'org.freedesktop.DBus' }, 'RequestName', 'su', 'org.cgipool1', 7),
  call({ ...BUS, interface: 'org.freedesktop.DBus' }, 'RequestName', 'su', 'org.freedesktop.systemd1', 7),
  call(POLKIT, 'RevokeTemporaryAuthorizations', '(sa{sv})', ['unix-process', {}]),
];

/** Anybody may ask these; what they tell is listened to. */
const TELLING: readonly Call[] = [
  call(SYSTEMD, 'ListUnits'),
  call(SYSTEMD, 'ListJobs'),
  // dbus-daemon lets everybody
  call({ ...BUS, interface: 'org.freedesktop.DBus' }, 'ReloadConfig'),
  call(POLKIT, 'EnumerateActions', 's', ''),
  ...['cgipool_2dsock_401', 'cgipool_2dtcp_408000', 'cgipool'].map(unit =>
    call(
      {
        ...SYSTEMD,
        path: `/org/freedesktop/systemd1/unit/${unit}_2eservice`,
        interface: 'org.freedesktop.DBus.Properties',
      },
      'GetAll',
      's',
      'org.freedesktop.systemd1.Service',
    ),
  ),
];

async function tryAll(bus: Bus, { dice, loot }: Mallory): Promise<void> {
  for (const each of some(dice, FORBIDDEN, 25))
    await bus.call(each).then(
      () => loot.breach(`${each.member} ${String(each.body).slice(0, 60)}`),
      () => {},
    );
  for (const each of some(dice, TELLING, 3))
    await bus.call(each).then(
      said => loot.learn(JSON.stringify(said, plain)),
      error => !(error instanceof BusError) && Promise.reject(error),
    );
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** Calls what he may and what he may not, on several connections, beside some that never say who they are. */
export const calls: Deed = async mallory => {
  const silent = Array.from({ length: 20 }, () =>
    connect('/run/dbus/system_bus_socket').on('error', () => {}),
  );
  const buses = await Promise.all(Array.from({ length: 4 }, () => Bus.connect()));
  for (const bus of buses) bus.raw.on('error', () => {});
  await Promise.race([Promise.all(buses.map(bus => tryAll(bus, mallory))), hold(8_000, mallory)]);
  for (const bus of buses) bus.close();
  for (const socket of silent) socket.destroy();
};
