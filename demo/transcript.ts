/** What the demo prints, and what of it was not as it should be. */
export class Transcript {
  readonly missed: string[] = [];

  title(words: string): void {
    console.log(`\n== ${words}`);
  }

  note(words: string): void {
    console.log(`   ${words}`);
  }

  /** What a program printed, as it printed it. */
  show(text: string): void {
    console.log(text);
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
    if (why !== '') console.log(why.replaceAll(/^/gm, '     '));
  }

  /** The last words; the exit status. */
  end(seconds: number): number {
    this.title(`done in ${seconds} s`);
    for (const what of this.missed) console.log(`MISSED: ${what}`);
    if (this.missed.length === 0) console.log('everything was as it should be');
    return this.missed.length === 0 ? 0 : 1;
  }
}
