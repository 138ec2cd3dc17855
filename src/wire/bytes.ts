const encoder = new TextEncoder();
const utf8Decoder = new TextDecoder();
const latin1Decoder = new TextDecoder('latin1');

/** The UTF-8 bytes of a text. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of UTF-8 bytes; invalid ones become U+FFFD. */
export const textOf = (bytes: Uint8Array): string => utf8Decoder.decode(bytes);

/** A text of one character per byte, so that offsets are the same in both. */
export const latin1 = (bytes: Uint8Array): string => latin1Decoder.decode(bytes);

/** Concatenates the parts. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
