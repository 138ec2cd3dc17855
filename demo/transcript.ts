/** What the demo prints, and what of it was not as it should be. */
export class Transcript {
  readonly missed: string[] = [];

  /** From when it is stopped on nothing is printed: what fails then is no news. */
  constructor(private readonly stopped: AbortSignal) {}

  title(words: string): void {
    this.show(`\n== ${words}`);
  }

  note(words: string): void {
    this.show(`   ${words}`);
  }

  /** What a program printed, as it printed it. */
  show(text: string): void {
    if (!this.stopped.aborted) console.log(text);
  }

  /** Tells whether something holds; a condition that throws does not, and says why. */
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

  /** Tells of something that was not as it should be. */
  miss(what: string, why = ''): void {
    this.missed.push(what);
    this.note(`MISSED: ${what}`);
    if (why !== '') this.show(why.replaceAll(/^/gm, '     '));
  }

  /** The last words; the exit status. */
  end(seconds: number): number {
    this.title(`done in ${seconds} s`);
    for (const what of this.missed) this.show(`MISSED: ${what}`);
    if (this.missed.length === 0) this.show('everything was as it should be');
    return this.missed.length === 0 ? 0 : 1;
  }
}
