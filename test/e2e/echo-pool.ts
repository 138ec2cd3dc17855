import type { Machine } from '../../tools/machine/machine.ts';

const PROGRAM = '/srv/echo.mjs';

export interface EchoPool {
  ports?: string;
  min?: number;
  max?: number;
  location: string;
  /** Further lines of [Nginx]. */
  nginx?: string;
  /** Lines to use instead of Ports=. */
  listen?: string;
}

/** Copies the echo worker to where a sandboxed worker may read it. */
export const bringEcho = (m: Machine): Promise<string> =>
  m.run(`install -m 644 test/e2e/programs/echo.mjs ${PROGRAM}`);

/** A pool file of echo workers, with frequent probes to keep tests short. */
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

/** The answer of an echo worker. */
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

/** Sends a request by curl inside the machine; `what`: its arguments, including the URL. */
export const ask = async (m: Machine, what: string): Promise<Echo> =>
  JSON.parse(await m.run(`curl -sS --fail-with-body -m 10 ${what}`)) as Echo;

/** The HTTP status; 000 if there is no answer. */
export const statusOf = async (m: Machine, what: string): Promise<number> =>
  Number((await m.attempt(`curl -s -m 10 -o /dev/null -w '%{http_code}' ${what}`)).out);
