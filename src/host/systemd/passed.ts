/** sd_listen_fds(3): the first descriptor that systemd passes. */
const FIRST_FD = 3;

/** The sockets of cgipool-log.socket, in its order: nginx's log, and the kernel's list of unix sockets. */
const PASSED = ['log', 'unix'] as const;

/** The descriptor of a socket that systemd passed to this process; null if it did not. */
export function passedSocket(name: (typeof PASSED)[number]): number | null {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  const place = PASSED.indexOf(name);
  return LISTEN_PID === String(process.pid) && place < Number(LISTEN_FDS) ? FIRST_FD + place : null;
}
