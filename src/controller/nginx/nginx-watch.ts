import { passesOn } from '../../host/nginx/nginx.ts';

/** How often to ask, ms: a GET costs some 0.5 ms of CPU time. */
const INTERVAL_MS = 1_000;
/** A loaded nginx may be late; and one that reloads may drop a connection. */
const MAX_SILENCES = 2;

/**
 * Asks nginx's control port whether it answers. To systemd, an nginx whose worker_connections are used up is as active as ever, and
 * it serves nobody.
 */
export class NginxWatch {
  #control: string | null = null;
  #silences = 0;
  #isAsking = false;

  /** `onChange`: called when it falls silent, and when it answers again. */
  constructor(readonly onChange: () => void) {
    setInterval(() => void this.#ask(), INTERVAL_MS).unref();
  }

  /** `control`: the address and port, or null while nginx need not answer. */
  watch(control: string | null): void {
    this.#control = control;
    if (control === null) this.#silences = 0;
  }

  get isSilent(): boolean {
    return this.#silences >= MAX_SILENCES;
  }

  async #ask(): Promise<void> {
    const control = this.#control;
    if (control === null || this.#isAsking) return;
    this.#isAsking = true;
    const wasSilent = this.isSilent;
    do this.#hear(await passesOn(control));
    while (this.#silences === 1);
    this.#isAsking = false;
    if (this.isSilent !== wasSilent) this.onChange();
  }

  #hear(isAnswer: boolean): void {
    // it may have been stopped in the meantime
    this.#silences = isAnswer || this.#control === null ? 0 : this.#silences + 1;
  }
}
