import type { Machine } from '../../tools/machine/machine.ts';

const PROGRAM = '/srv/echo.mjs';

export interface EchoPool {
  ports?: string;
  min?: number;
  max?: number;
  location: string;
  /** Further lines of [Nginx]. */
  nginx?: string;
  /** Lines that stand in place of Ports=. */
  listen?: string;
}

/** Brings the echo worker where a sandboxed worker may read it. */
export const bringEcho = (m: Machine): Promise<string> =>
  m.run(`install -m 644 test/e2e/programs/echo.mjs ${PROGRAM}`);

/** The text of a pool of echo workers, probed often, so that a test waits little. */
export const echoPool = ({ ports, min = 1, max, location, nginx = '', listen }: EchoPool): string => `
[Pool]
Exec=${process.execPath} ${PROGRAM}
${listen ?? `Ports=${ports}`}
Min=${min}
Max=${max ?? min}
[Health]
Interval=200ms
[Nginx]
Location=${location}
${nginx}
`;

/** What an echo worker answers. */
export interface Echo {
  pid: number;
  pool: string;
  slot: number;
  method: string;
  url: string;
  headers: Record<string, string>;
  length: number;
  body: string;
}

/** Asks by curl inside; `what` is its arguments, the URL included. */
export const ask = async (m: Machine, what: string): Promise<Echo> =>
  JSON.parse(await m.run(`curl -sS --fail-with-body -m 10 ${what}`)) as Echo;

/** The status that curl gets, 000 where there is no answer. */
export const statusOf = async (m: Machine, what: string): Promise<number> =>
  Number((await m.attempt(`curl -s -m 10 -o /dev/null -w '%{http_code}' ${what}`)).out);
