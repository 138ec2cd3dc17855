import type { Host } from '../tools/machine/host.ts';

/** Files by name, units, and the user. */
const LIST = `find /etc /usr /run /var /srv -xdev -name '*cgipool*' 2>/dev/null
  systemctl list-units --all --no-legend 'cgipool*'
  getent passwd cgipool || :`;

/** Logs and caches of other programs. */
const FOREIGN = /^\/var\/(cache|log)\//;

/** Lists all traces of cgipool on a host, one a line; a checkout is one of them. */
export async function tracesOn(host: Host): Promise<string[]> {
  const lines = (await host.run(LIST)).split('\n');
  return lines.filter(line => line !== '' && !FOREIGN.test(line));
}
