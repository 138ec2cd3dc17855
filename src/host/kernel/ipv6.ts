import { existsSync } from 'node:fs';

/** Whether this machine has IPv6. The publish step's sandbox (ProcSubset=pid) hides /proc/net, not /proc/self/net. */
export const hasIpv6 = (): boolean => existsSync('/proc/self/net/if_inet6');
