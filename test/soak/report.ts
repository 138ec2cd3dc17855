import { type Done, KINDS } from './changes.ts';
import type { Findings, Wrong } from './inside/client.ts';
import type { Suffered } from './saboteur.ts';

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

/** A fault by which it may have been. */
const excuses =
  ({ pool, began, ended }: Wrong) =>
  ({ loss, from, to }: Suffered): boolean =>
    ended >= from && began <= to && (loss === 'all' || (loss !== 'none' && loss.includes(pool)));

/** Those that no fault excuses. */
const unexcused = (list: readonly Wrong[], suffered: readonly Suffered[]): Wrong[] =>
  list.filter(wrong => !suffered.some(excuses(wrong)));

function printFaults(suffered: readonly Suffered[], { lost }: Findings): void {
  for (const name of new Set(suffered.map(each => each.name))) {
    const all = suffered.filter(each => each.name === name);
    const healing = all.map(({ healed }) => healed / 1000);
    const lostBy = all.map(each => lost.filter(wrong => excuses(wrong)(each)).length);
    console.log(
      `${name}: ${all.length} times, well again after ${median(healing).toFixed(1)} s, ${Math.max(...healing).toFixed(1)} s at most; lost ${sum(lostBy)}, ${Math.max(...lostBy)} at most`,
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

const told = ({ pool, began, what }: Wrong): string =>
  `${new Date(began).toISOString().slice(11, 23)} ${pool}: ${what}`;

/** Prints what was done and seen; returns what was wrong. */
export function report(done: readonly Done[], suffered: readonly Suffered[], findings: Findings): string[] {
  printCommands(done);
  printFaults(suffered, findings);
  printRequests(findings);
  return [
    ...done
      .filter(({ code, expected }) => code !== expected)
      .map(
        ({ kind, what, code, expected, said }) =>
          `${kind} ${what}: exit ${code} in place of ${expected}: ${said}`,
      ),
    ...unexcused(findings.lost, suffered).map(wrong => `a GET was lost: ${told(wrong)}`),
    ...unexcused(findings.lies, suffered).map(wrong => `status was wrong: ${told(wrong)}`),
    ...suffered.flatMap(({ name, healed }) => (Number.isFinite(healed) ? [] : [`${name}: never well again`])),
  ];
}
