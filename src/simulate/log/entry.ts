/** One request as a line of a log tells of it. */
export interface LogEntry {
  /** ms since the epoch; the log tells no more than that it falls into the `resolution` ms from here on. */
  stamp: number;
  /** ms */
  resolution: number;
  /** What the request took, ms; null where the line does not say. */
  took: number | null;
  /** The stamp is of the end of the request: nginx writes its line then. Apache's stamp is of the beginning. */
  ended: boolean;
}

/** Takes one request: when it arrived, ms since the epoch, and what it took, ms. */
export type Sink = (at: number, took: number | null) => void;
