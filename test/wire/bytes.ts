/** Bytes in hexadecimal digits: `01 0a ff`. */
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

/** The bytes of a text of characters up to U+00FF. */
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Bytes as text: faster to compare, and the difference is readable. */
export const shown = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A FastCGI record. */
export function record(type: number, content: string, { id = 1, padding = 0, version = 1 } = {}): Buffer {
  const header = Buffer.from([version, type, 0, 0, 0, 0, padding, 0]);
  header.writeUInt16BE(id, 2);
  header.writeUInt16BE(content.length, 4);
  return Buffer.concat([header, Buffer.from(content, 'latin1'), Buffer.alloc(padding, 0xee)]);
}

/** The content of END_REQUEST. */
export const ended = (protocol = 0, application = 0): string =>
  String.fromCharCode(0, 0, 0, application, protocol, 0, 0, 0);
