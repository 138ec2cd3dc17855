import { around, CHUNKED, type Framing, whole } from './framing.ts';

const VERSIONS: readonly string[] = ['1.2', '2.0', '1.10', '0.9', '1.1 '];
const ORIGINS: readonly string[] = [
  'http://other.example',
  'https://localhost:1',
  'HTTP://localhost@other.example',
];

/** Ends of a path that may end the line, or the request, for whoever decodes them. */
const ENDS: readonly string[] = [
  ...['%0d%0a', '%0D%0AX:%20y', '%20HTTP/1.1%0d%0aHost:x%0d%0a%0d%0a', '%00'],
  ...['\t', ' HTTP/1.1 ', '\x0b', '\r', '#', '\xff'],
];

/** Unclear request lines and line ends. */
export const lines: readonly Framing[] = [
  { name: 'pipelined', text: r => whole({ ...r, method: 'GET' }, [], r.hidden) },
  { name: 'a GET with a body', text: r => around({ ...r, method: 'GET' }) },
  { name: 'a HEAD with a body', text: r => around({ ...r, method: 'HEAD' }) },
  { name: 'HTTP/0.9', text: r => `GET ${r.path}\r\n${r.hidden}` },
  { name: 'chunks in HTTP/1.0', text: r => whole(r, [CHUNKED], `0\r\n\r\n${r.hidden}`, '1.0') },
  { name: 'HTTP/1.0 that stays', text: r => around(r, ['Connection: keep-alive'], '1.0') },
  ...VERSIONS.map((version): Framing => ({ name: `HTTP/${version}`, text: r => around(r, [], version) })),
  ...ORIGINS.map((origin): Framing => ({ name: origin, text: r => around({ ...r, path: origin + r.path }) })),
  ...ENDS.map(
    (end): Framing => ({
      name: `a path with ${JSON.stringify(end)}`,
      text: r => around({ ...r, path: `${r.path}${end}x` }),
    }),
  ),
  { name: 'lines that end in LF', text: r => around(r).replaceAll('\r\n', '\n') + r.hidden },
  { name: 'lines that end in CR', text: r => around(r).replaceAll('\r\n', '\r') },
  { name: 'empty lines before', text: r => `\r\n\r\n\n${around(r)}` },
];
