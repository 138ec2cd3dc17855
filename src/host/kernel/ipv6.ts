import { existsSync } from 'node:fs';

/** Whether this machine has IPv6. Not by /proc/net: the publish step's sandbox has only processes in /proc. */
export const hasIpv6 = (): boolean => existsSync('/proc/self/net/if_inet6');
