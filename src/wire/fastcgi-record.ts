/* The records of FastCGI 1.0: version, type, request id, length of the content and of the padding, a reserved byte. */

export const VERSION = 1;
export const HEADER = 8;
export const TYPES = { begin: 1, end: 3, params: 4, stdin: 5, stdout: 6, stderr: 7 } as const;
/** The id of the one request of a connection; 0 is for records about the connection. */
export const REQUEST = 1;

export interface FastcgiRecord {
  type: number;
  request: number;
  content: Uint8Array;
}

/** The record that begins at an offset, and where the next one does; null when not all of its content is there. */
function recordAt(bytes: Uint8Array, at: number): { record: FastcgiRecord; next: number } | null {
  if (at + HEADER > bytes.length) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER);
  const [type, request, length] = [header.getUint8(1), header.getUint16(2), header.getUint16(4)];
  const end = at + HEADER + length;
  if (end > bytes.length) return null;
  // the padding carries nothing, and need not have come
  return {
    record: { type, request, content: bytes.subarray(at + HEADER, end) },
    next: end + header.getUint8(6),
  };
}

/** All whole records, or null where there should be one and is none of this version. */
export function recordsOf(bytes: Uint8Array): FastcgiRecord[] | null {
  const records: FastcgiRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== VERSION) return null;
    const found = recordAt(bytes, at);
    if (!found) break;
    records.push(found.record);
    at = found.next;
  }
  return records;
}
