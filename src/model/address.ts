const isByte = (text: string): boolean => /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255;

const isIPv4 = (text: string): boolean => text.split('.').length === 4 && text.split('.').every(isByte);

/** The URL parser accepts all of IPv6's notations. */
const isIPv6 = (text: string): boolean => /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);

const isPort = (text: string): boolean =>
  /^[1-9]\d{0,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

/** An IP address of either family. */
export const isAddress = (text: string): boolean => isIPv4(text) || isIPv6(text);

/** An IP address, or a network such as `192.0.2.0/24`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const maxBits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  if (maxBits < 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits);
}

/** `80`, `192.0.2.1:80`, `*:80` or `[::]:80`, optionally followed by `default_server`. */
export function isListen(text: string): boolean {
  const [, host, port = ''] = /^(?:(.+):)?(\d+)(?:[ \t]+default_server)?$/.exec(text) ?? [];
  const bracketed = /^\[(.+)\]$/.exec(host ?? '')?.[1];
  const isHost = host === undefined || host === '*' || isIPv4(host) || isIPv6(bracketed ?? '-');
  return isHost && isPort(port);
}

/** `6379`, `192.0.2.1:6379`, `[::]:6379`: what a server of nginx's stream module listens on. */
export const isStreamListen = (text: string): boolean => isListen(text) && !/default_server$/.test(text);

/** The first port that every user may bind, unless the administrator sets ip_unprivileged_port_start otherwise. */
const FIRST_FREE_PORT = 1024;

/**
 * `127.0.0.1:298`: an address of loopback that root alone can listen on. At a higher port anybody could: in nginx's place
 * while it restarts, and over UDP even beside the socket that systemd holds, since both may ask for SO_REUSEADDR.
 */
export function isReserved(text: string): boolean {
  const [address = '', port = '', more] = text.split(':');
  const isOnLoopback = address.startsWith('127.') && isIPv4(address) && more === undefined;
  return isOnLoopback && isPort(port) && Number(port) < FIRST_FREE_PORT;
}

/** The port of a listen argument or endpoint. */
export const portOf = (text: string): number => Number(/(\d+)(?:[ \t]+default_server)?$/.exec(text)?.[1]);
