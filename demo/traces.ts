import type { Host } from '../tools/machine/host.ts';

/** Files by their names, units, and the user. */
const LIST = `find /etc /usr /run /var /srv -xdev -name '*cgipool*' 2>/dev/null
  systemctl list-units --all --no-legend 'cgipool*'
  getent passwd cgipool || :`;

/** Where others keep what they know of it. */
const FOREIGN = /^\/var\/(cache|log)\//;

/** What a host has of cgipool, a line each; a checkout is one of them. */
export async function tracesOn(host: Host): Promise<string[]> {
  const lines = (await host.run(LIST)).split('\n');
  return lines.filter(line => line !== '' && !FOREIGN.test(line));
}
