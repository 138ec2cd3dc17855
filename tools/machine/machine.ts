import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { Host, top } from './host.ts';

const script = `${top}/tools/machine/machine.sh`;

/** The checkout inside, by the verb of machine.sh that boots the machine, which has the same paths. */
const CHECKOUT = { boot: '/usr/src/cgipool', fresh: '/root/cgipool' };
/** What is in it: this host's files and all that tests need, or what a newcomer has. See machine.sh. */
export type Kind = keyof typeof CHECKOUT;

/** A Debian with systemd, dbus, polkit and nginx of its own, booted for a while. */
export class Machine extends Host {
  private booting: Promise<unknown> | undefined;

  constructor(
    readonly name: string,
    private readonly kind: Kind = 'boot',
  ) {
    super(CHECKOUT[kind], ['bash', script, 'exec', name, '--']);
  }

  /** Builds what machines need, once for all; says so when it takes its time. Throws where none can boot. */
  static async prepare(): Promise<void> {
    await execa('bash', [script, 'prepare'], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  protected override async root(): Promise<string> {
    const leader = await readFile(`/run/cgipool-machine/${this.name}/leader`, 'utf8');
    return `/proc/${leader.trim()}/root`;
  }

  /** One of the same name that was left behind goes. */
  async boot(): Promise<void> {
    this.booting = execa('bash', [script, this.kind, this.name], { stdin: 'ignore' });
    await this.booting;
  }

  async reboot(): Promise<void> {
    await execa('bash', [script, 'reboot', this.name], { stdin: 'ignore' });
  }

  /** Takes it down, whatever became of its boot, and leaves nothing behind. */
  async kill(): Promise<void> {
    // or it would go on with its boot
    await this.booting?.catch(() => {});
    // apart from the terminal, whose Ctrl-C is for those who wait
    await execa('bash', [script, 'kill', this.name], { stdin: 'ignore', detached: true });
  }
}
