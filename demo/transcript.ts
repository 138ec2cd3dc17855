/** Prints the demo, and collects the checks that failed. */
export class Transcript {
  readonly missed: string[] = [];

  /** Prints nothing more once `stopped`: what fails then fails because of it. */
  constructor(private readonly stopped: AbortSignal) {}

  title(words: string): void {
    this.show(`\n== ${words}`);
  }

  note(words: string): void {
    this.show(`   ${words}`);
  }

  /** Prints text as it is. */
  show(text: string): void {
    if (!this.stopped.aborted) console.log(text);
  }

  /** Prints whether a condition holds, and why not if it throws. */
  async check(what: string, condition: () => unknown): Promise<boolean> {
    try {
      if (await condition()) {
        this.note(`ok: ${what}`);
        return true;
      }
      this.miss(what);
    } catch (error) {
      this.miss(what, (error as Error).message);
    }
    return false;
  }

  /** Records and prints a failed check. */
  miss(what: string, why = ''): void {
    this.missed.push(what);
    this.note(`MISSED: ${what}`);
    if (why !== '') this.show(why.replaceAll(/^/gm, '     '));
  }

  /** Prints the summary; returns the exit status. */
  end(seconds: number): number {
    this.title(`done in ${seconds} s`);
    for (const what of this.missed) this.show(`MISSED: ${what}`);
    if (this.missed.length === 0) this.show('everything was as it should be');
    return this.missed.length === 0 ? 0 : 1;
  }
}
