import type { Command, World } from '../plan/world.ts';

export interface Taken {
  requested: Pick<World, 'commands' | 'tick'>;
  /** To be called once the requests are on disk: a client that got a reply must not lose its command to a crash. */
  saved: () => void;
}

/** Commands and ticks since the last pass. */
export class Inbox {
  #commands: Command[] = [];
  #waiting: (() => void)[] = [];
  #tick = false;

  /** Resolves once the command is saved. */
  add(command: Command): Promise<void> {
    this.#commands.push(command);
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** Called by the autoscale timer. */
  tick(): void {
    this.#tick = true;
  }

  take(): Taken {
    const requested = { commands: this.#commands.splice(0), tick: this.#tick };
    const waiting = this.#waiting.splice(0);
    this.#tick = false;
    return { requested, saved: () => waiting.forEach(resolve => void resolve()) };
  }
}
