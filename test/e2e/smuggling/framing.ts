/** The request to write, and the one to hide in it. */
export interface Request {
  method: string;
  path: string;
  hidden: string;
}

/** A way to write a request so that its end is unclear. */
export interface Framing {
  name: string;
  /** Sent over TLS, as HTTP/2. */
  isTls?: boolean;
  text: (request: Request) => string;
}

/** A request as it should be, with further header lines. */
export const whole = (
  { method, path }: Request,
  fields: readonly string[],
  body: string,
  version = '1.1',
): string =>
  `${[`${method} ${path} HTTP/${version}`, 'Host: localhost', ...fields].join('\r\n')}\r\n\r\n${body}`;

/** A request with the hidden one as its body. */
export const around = (request: Request, fields: readonly string[] = [], version = '1.1'): string =>
  whole(request, [...fields, `Content-Length: ${request.hidden.length}`], request.hidden, version);

export const CHUNKED = 'Transfer-Encoding: chunked';

/**
 * A body that as chunks ends before the hidden request, and by its length after it, under these header lines. LENGTH stands for the
 * latter, SHORT for the former.
 */
export const fields = (name: string, ...lines: string[]): Framing => ({
  name,
  text: request => {
    const body = `0\r\n\r\n${request.hidden}`;
    const filled = lines.map(line => line.replaceAll('LENGTH', `${body.length}`).replaceAll('SHORT', '5'));
    return whole(request, filled, body);
  },
});
