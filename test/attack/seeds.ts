import { latin1 } from '../../src/wire/bytes.ts';
import { fastcgi } from '../../src/wire/fastcgi.ts';
import { type CgiProtocol, type Variables, variables, type WireRequest } from '../../src/wire/request.ts';
import { scgi } from '../../src/wire/scgi.ts';
import { uwsgi } from '../../src/wire/uwsgi.ts';
import { chunks } from '../e2e/smuggling/chunks.ts';
import type { Framing } from '../e2e/smuggling/framing.ts';
import { h2 } from '../e2e/smuggling/h2.ts';
import { headers } from '../e2e/smuggling/headers.ts';
import { lines } from '../e2e/smuggling/lines.ts';
import { garble, Random } from '../garble.ts';
import { cases, textOf } from '../services/cases.ts';

/* The requests that the mutation changes. The bytes of a text are its characters. */

const written = (framings: readonly Framing[], path: string, methods: readonly string[]): string[] =>
  methods.flatMap(method =>
    framings.map(({ text }, i) => {
      const hidden = `GET ${path}?q=smuggled-${i} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
      return text({ method, path: `${path}?q=outer-${i}`, hidden });
    }),
  );

/** Those of the tests of services/ that do not wait. */
const ofServices: readonly string[] = cases
  .map(one => textOf(one, 'q'))
  .filter(text => !/delay=|burn=/.test(text));

/** Requests in HTTP/1 for a path. */
export const httpSeeds = (path: string): string[] => [
  ...written([...headers, ...chunks, ...lines], path, ['GET', 'POST']),
  ...ofServices.map(text => text.replace(' /', ` ${path}/`)),
];

/** Requests in HTTP/2 for a path. */
export const h2Seeds = (path: string): string[] => written(h2, path, ['POST']);

const BODY = 'q=outer-1';

/** A request with a body; FastCGI has it in records, and gets it by mutation. */
const withBody = (given: Variables): Variables => ({
  ...given,
  REQUEST_METHOD: 'POST',
  CONTENT_LENGTH: `${BODY.length}`,
});

function uwsgiBytes(given: Variables): Uint8Array {
  const bytes = uwsgi(given);
  if (!bytes.ok) throw new Error(bytes.error);
  return bytes.value;
}

const ENCODERS: Record<CgiProtocol, (given: Variables) => Uint8Array> = { fastcgi, scgi, uwsgi: uwsgiBytes };

/** Variables with values that were changed, in an encoding that was not. */
function changed(given: Variables, seed: number): Variables {
  const random = new Random(seed);
  const entries = Object.entries(given);
  const values = entries.map(([, value]) => value).filter(value => value !== '');
  return Object.fromEntries(
    entries.map(([name, value]) => [name, random.below(4) === 0 ? garble(values, random) : value]),
  );
}

const CHANGED = Array.from({ length: 60 }, (_, seed) => seed);

/** GETs and a POST in one of the protocols with variables. */
export function cgiSeeds(protocol: CgiProtocol, request: WireRequest): string[] {
  const given = variables(protocol, request);
  const encoded = (some: Variables): string => latin1(ENCODERS[protocol](some));
  return [
    encoded(given),
    encoded(withBody(given)) + BODY,
    encoded({ ...given, HTTP_X_TEST: 'y'.repeat(4000) }),
    ...CHANGED.map(seed => encoded(changed(given, seed))),
  ];
}
