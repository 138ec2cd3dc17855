/** What tools/load.mjs tells of the requests that it sent. */
export interface Load {
  total: number;
  /** Of them, those without a 200. */
  failed: number;
  statuses: Record<string, number>;
  /** When the last of those that failed was sent, ms since the epoch; 0: none failed. */
  lastFailedAt: number;
  /** Requests that took over a second. */
  late: number;
  /** When the last of those was sent, ms since the epoch; 0: none. */
  lastLateAt: number;
  /** When three of four of those at a time got answers within --below ms, ms since the start; null: never. */
  belowAfter: number | null;
  /** Milliseconds. */
  p50: number;
  p95: number;
  p99: number;
  slowest: number;
  /** All of it in words. */
  summary: string;
}
