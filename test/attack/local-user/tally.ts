/** What became of one request. */
export interface Fate {
  /** When it was sent, ms since the epoch. */
  at: number;
  /** ms */
  took: number;
  /** `ok`, or a status, or an error. */
  outcome: string;
}

/** What became of the innocent requests to a pool. */
export interface Tally {
  total: number;
  /** By outcome. */
  outcomes: Record<string, number>;
  /** How often the load began. */
  bursts: number;
  /** Requests that took over a second. */
  late: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  slowest: number;
  /** The first of those that failed. */
  failures: Fate[];
}

const LATE_MS = 1_000;
const MAX_FAILURES = 20;

function outcomesOf(fates: readonly Fate[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { outcome } of fates) found[outcome] = (found[outcome] ?? 0) + 1;
  return found;
}

export function tallyOf(fates: readonly Fate[], bursts: number): Tally {
  const took = fates.map(fate => fate.took).sort((a, b) => a - b);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return {
    total: fates.length,
    outcomes: outcomesOf(fates),
    bursts,
    late: took.filter(ms => ms > LATE_MS).length,
    p50: at(0.5),
    p99: at(0.99),
    slowest: at(1),
    failures: fates.filter(({ outcome }) => outcome !== 'ok').slice(0, MAX_FAILURES),
  };
}

/** Those that did not get a worker's answer. */
export const failed = ({ total, outcomes }: Tally): number => total - (outcomes.ok ?? 0);

export const isServed = ({ outcomes }: Tally): boolean => (outcomes.ok ?? 0) > 0;
