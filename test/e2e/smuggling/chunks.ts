import { CHUNKED, type Framing, whole } from './framing.ts';

const chunked = (name: string, body: (hidden: string) => string): Framing => ({
  name: `chunks: ${name}`,
  text: request => whole(request, [CHUNKED], body(request.hidden)),
});

/** Ways to write the size 3. */
const SIZES: readonly string[] = [
  ...['3', '03', '000000000000003', ' 3', '3 ', '3\t', '+3', '-3', '0x3', '3;a=b', '3;a="\\', '3;\n'],
  ...['3;a\rb', '3,3', '3\0', '3\r', 'g', ''],
  // of 64 bits: the largest, the largest with a sign, and 3 after an overflow
  ...['ffffffffffffffff', '7fffffffffffffff', '8000000000000003', '10000000000000003'],
];

const sizeOf = (text: string): string => text.length.toString(16);

/** Chunks whose end is unclear, before the hidden request. */
export const chunks: readonly Framing[] = [
  ...SIZES.map(size =>
    chunked(`size ${JSON.stringify(size)}`, hidden => `${size}\r\nx=y\r\n0\r\n\r\n${hidden}`),
  ),
  chunked('the hidden request inside', hidden => `${sizeOf(hidden)}\r\n${hidden}\r\n0\r\n\r\n`),
  chunked('lines that end in LF', hidden => `3\nx=y\n0\n\n${hidden}`),
  chunked('lines that end in CR', hidden => `3\rx=y\r0\r\r${hidden}`),
  chunked('no line end after the data', hidden => `3\r\nx=y0\r\n\r\n${hidden}`),
  chunked('more data than said', hidden => `3\r\nx=yz\r\n0\r\n\r\n${hidden}`),
  chunked('trailers', hidden => `0\r\nX: y\r\nContent-Length: 5\r\n\r\n${hidden}`),
  chunked('the hidden request as trailers', hidden => `0\r\n${hidden}`),
  chunked('a broken trailer', hidden => `0\r\nX\0: y\r\n\r\n${hidden}`),
  chunked('a folded trailer', hidden => `0\r\nX: y\r\n z\r\n\r\n${hidden}`),
  chunked('no end', hidden => `3\r\nx=y\r\n${hidden}`),
];
