import type { Machine } from '../../tools/machine/machine.ts';

/** The time of day of the controller alone; a booted machine shares the clock with its host. */
const FILE = '/srv/clock';

/** libfaketime leaves its monotonic clock as it is. */
const DROP_IN = `[Service]
Environment=LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1
Environment=FAKETIME_TIMESTAMP_FILE=${FILE} FAKETIME_NO_CACHE=1 FAKETIME_DISABLE_SHM=1 DONT_FAKE_MONOTONIC=1
`;

/** Sets the controller's time of day this many seconds from the true one. */
export const setClock = (m: Machine, seconds: number): Promise<string> =>
  m.write(FILE, `${seconds < 0 ? '' : '+'}${seconds}s\n`);

/** To be called before the controller starts. */
export async function bringClock(m: Machine): Promise<void> {
  await setClock(m, 0);
  await m.write('/etc/systemd/system/cgipool.service.d/clock.conf', DROP_IN);
}
