import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { Host, top } from './host.ts';

const script = `${top}/tools/machine/machine.sh`;

/** The path of the checkout inside, by the verb of machine.sh that boots the machine; machine.sh and fresh.sh define it. */
const CHECKOUT = { boot: '/usr/src/cgipool', fresh: '/root/cgipool' };
/** What a machine contains: this host's files and all that tests need, or what a newcomer has. */
export type Kind = keyof typeof CHECKOUT;

/** A private Debian with its own systemd, dbus, polkit and nginx, booted by machine.sh. */
export class Machine extends Host {
  private booting: Promise<unknown> | undefined;

  constructor(
    readonly name: string,
    private readonly kind: Kind = 'boot',
  ) {
    super(CHECKOUT[kind], ['bash', script, 'exec', name, '--']);
  }

  /** Builds the cached layer if it is missing, and says so. Throws where no machine can boot. */
  static async prepare(): Promise<void> {
    await execa('bash', [script, 'prepare'], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  protected override async root(): Promise<string> {
    const leader = await readFile(`/run/cgipool-machine/${this.name}/leader`, 'utf8');
    return `/proc/${leader.trim()}/root`;
  }

  /** Removes a machine of the same name that was left behind. */
  async boot(): Promise<void> {
    this.booting = execa('bash', [script, this.kind, this.name], { stdin: 'ignore' });
    await this.booting;
  }

  async reboot(): Promise<void> {
    await execa('bash', [script, 'reboot', this.name], { stdin: 'ignore' });
  }

  /** Removes it, whatever became of its boot. */
  async kill(): Promise<void> {
    // a boot in progress would recreate it
    await this.booting?.catch(() => {});
    // detached from the terminal: a second Ctrl-C must not interrupt it
    await execa('bash', [script, 'kill', this.name], { stdin: 'ignore', detached: true });
  }
}
