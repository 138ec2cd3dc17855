import type { Directive, Pool } from '../../model/pool.ts';
import { wordsOf } from '../ownership/words.ts';

/** What cgipool tells each worker of itself: see docs/pool-file.md. */
export const OURS = ['POOL', 'SLOT', 'PORT', 'SOCKET'];

/** The variables of cgipool's own that something sets. `where`: what to name. */
export function takenVariables(names: readonly string[], where: string): string | null {
  const taken = names.filter(name => OURS.includes(name));
  return taken.length > 0
    ? `${where} sets ${taken.join(', ')}, which cgipool gives each worker: with the same for all they do not work; use another name`
    : null;
}

const namesIn = (value: string): string[] => wordsOf(value).map(word => word.replace(/=.*/s, ''));

/** Specifiers of systemd.unit(5) that nobody is likely to mean in the value of a variable. */
const UNLIKELY = /(?<!%)(?:%%)*%([aABfFloMqsvwWyYD])/;

function replacedIn(value: string): string | null {
  const [, letter] = UNLIKELY.exec(value) ?? [];
  return letter === undefined
    ? null
    : `systemd replaces %${letter} in Environment= (a specifier of systemd.unit(5)): write %%${letter} if you mean a percent sign`;
}

/** Warnings about Environment=: variables of cgipool's own, and percent signs that systemd takes for something else. */
export const environmentWarnings = ({
  service,
}: Pick<Pool, 'service'>): { line: number; message: string }[] =>
  service
    .filter(({ key }: Directive) => key === 'Environment')
    .flatMap(({ line, value }) =>
      [takenVariables(namesIn(value), 'Environment='), replacedIn(value)]
        .filter(message => message !== null)
        .map(message => ({ line, message })),
    );
