/** What one check of one instance found. */
export interface ProbeResult {
  ok: boolean;
  /** There was no answer in time. */
  late: boolean;
  detail: string;
}
