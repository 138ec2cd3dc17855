/** A request as logged. */
export interface LogEntry {
  /** ms since the epoch; the exact time lies within the next `resolution` ms. */
  stamp: number;
  /** ms */
  resolution: number;
  /** How long the request took, ms; null when the line does not have it. */
  took: number | null;
  /** Whether the stamp is the end of the request, as in nginx's logs; in Apache's it is the beginning. */
  ended: boolean;
}

/** Receives a request: when it arrived, ms since the epoch, and how long it took, ms. */
export type Sink = (at: number, took: number | null) => void;
