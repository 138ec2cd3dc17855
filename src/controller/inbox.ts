import type { Command, World } from '../plan/world.ts';

export interface Taken {
  asked: Pick<World, 'commands' | 'tick'>;
  /** To be called when what was asked is on disk: who was told that it is taken need not fear that we die. */
  remembered: () => void;
}

/** What was asked of the controller since its last look. */
export class Inbox {
  #commands: Command[] = [];
  #waiting: (() => void)[] = [];
  #tick = false;

  /** Resolves when the command is remembered. */
  add(command: Command): Promise<void> {
    this.#commands.push(command);
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** The autoscale timer's. */
  tick(): void {
    this.#tick = true;
  }

  take(): Taken {
    const asked = { commands: this.#commands.splice(0), tick: this.#tick };
    const waiting = this.#waiting.splice(0);
    this.#tick = false;
    return { asked, remembered: () => waiting.forEach(resolve => void resolve()) };
  }
}
