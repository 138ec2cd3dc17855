import { type Done, KINDS } from './changes.ts';
import type { Findings } from './inside/client.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

function printCommands(done: readonly Done[]): void {
  for (const kind of KINDS) {
    const all = done.filter(each => each.kind === kind);
    const wrong = all.filter(({ code, expected }) => code !== expected).length;
    const took = all.map(({ seconds }) => seconds);
    console.log(
      `${kind}: ${all.length}, ended wrongly ${wrong}, ${median(took).toFixed(1)} s each, ${Math.max(0, ...took).toFixed(1)} s at most`,
    );
  }
}

function printRequests({ sent, lost, lies, problems, states }: Findings): void {
  console.log(`GETs: ${sum(Object.values(sent))}, lost ${lost.length}; status wrong ${lies.length} times`);
  for (const [problem, ms] of Object.entries(problems))
    console.log(`${(ms / 1000).toFixed(1)} s: ${problem}`);
  for (const [pool, spans] of Object.entries(states)) {
    const total = sum(Object.values(spans));
    const each = Object.entries(spans).map(([state, ms]) => `${state} ${((100 * ms) / total).toFixed(2)}%`);
    console.log(`${pool}: ${sent[pool] ?? 0} GETs; ${each.join(', ')}`);
  }
}

/** Prints what was done and seen; returns what was wrong. */
export function report(done: readonly Done[], findings: Findings): string[] {
  printCommands(done);
  printRequests(findings);
  return [
    ...done
      .filter(({ code, expected }) => code !== expected)
      .map(
        ({ kind, what, code, expected, said }) =>
          `${kind} ${what}: exit ${code} in place of ${expected}: ${said}`,
      ),
    ...findings.lost.map(what => `a GET was lost: ${what}`),
    ...findings.lies.map(what => `status was wrong: ${what}`),
  ];
}
