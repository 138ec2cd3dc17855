import { appendFileSync } from 'node:fs';

/** Where the attacker keeps what he got; root reads it in the end. */
export const LOOT = '/srv/loot';

/** Words that may be secrets, wherever they were read. */
const TOKEN = /[\w-]{12,}/g;
/** More of one source is the same over and over. */
const MAX_CHARS = 300_000;

/** What the attacker got. */
export class Loot {
  readonly #known = new Set<string>();

  /** Remembers each word of what he read. */
  learn(text: string): void {
    const fresh = [...new Set(text.slice(0, MAX_CHARS).match(TOKEN))].filter(word => !this.#known.has(word));
    for (const word of fresh) this.#known.add(word);
    if (fresh.length > 0) appendFileSync(`${LOOT}/words`, `${fresh.join('\n')}\n`);
  }

  /** A request that was not meant for him came in at a port. */
  steal(port: number, request: string): void {
    appendFileSync(
      `${LOOT}/stolen`,
      `${JSON.stringify({ at: Date.now(), port, request: request.slice(0, 200) })}\n`,
    );
  }

  /** He listens on a port where a worker might. */
  take(port: number): void {
    appendFileSync(`${LOOT}/taken`, `${JSON.stringify({ at: Date.now(), port })}\n`);
  }

  /** Something succeeded that must not. */
  breach(what: string): void {
    appendFileSync(`${LOOT}/breaches`, `${what}\n`);
  }

  /** A deed ended with an error of its own: a mistake in this test. */
  fail(what: string): void {
    appendFileSync(`${LOOT}/mistakes`, `${what}\n`);
  }

  /** A deed is done. */
  done(deed: string): void {
    appendFileSync(`${LOOT}/deeds`, `${deed}\n`);
  }
}
