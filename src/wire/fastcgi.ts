import { err, ok, type Result } from '../base/result.ts';
import { join, textOf, utf8 } from './bytes.ts';
import type { Variables } from './request.ts';

/** The longest content of a record: its length has 16 bits. */
const MAX_CONTENT_BYTES = 65_535;

/** Role: responder; flags: close the connection after the request. */
const BEGIN_BODY = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0);

function record(type: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  return join([Uint8Array.of(VERSION, type, 0, REQUEST_ID, length >> 8, length & 0xff, 0, 0), content]);
}

/** A stream: as many records as needed, and an empty one to end it. */
function stream(type: number, content: Uint8Array): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += MAX_CONTENT_BYTES)
    records.push(record(type, content.subarray(at, at + MAX_CONTENT_BYTES)));
  return join([...records, record(type, new Uint8Array())]);
}

/** One byte up to 127, else four with the highest bit set. */
const size = (length: number): Uint8Array =>
  length < 128
    ? Uint8Array.of(length)
    : Uint8Array.of((length >>> 24) | 0x80, length >>> 16, length >>> 8, length);

function pair([name, value]: [string, string]): Uint8Array {
  const [key, text] = [utf8(name), utf8(value)];
  return join([size(key.length), size(text.length), key, text]);
}

/** A request without a body, as one message. */
export const fastcgi = (variables: Variables): Uint8Array =>
  join([
    record(TYPES.begin, BEGIN_BODY),
    stream(TYPES.params, join(Object.entries(variables).map(pair))),
    stream(TYPES.stdin, new Uint8Array()),
  ]);

/** What a FastCGI worker has sent so far. */
export interface FastcgiAnswer {
  stdout: Uint8Array;
  stderr: string;
  /** appStatus and protocolStatus of END_REQUEST; null until the request ends. */
  end: { application: number; protocol: number } | null;
}

/** The body of END_REQUEST: four bytes of an exit status, one of the protocol, three reserved. */
const END_BODY_BYTES = 8;

function endOf(content: Uint8Array): FastcgiAnswer['end'] {
  const view = new DataView(content.buffer, content.byteOffset, END_BODY_BYTES);
  return { application: view.getUint32(0), protocol: view.getUint8(4) };
}

const streamOf = (records: readonly FastcgiRecord[], type: number): Uint8Array =>
  join(records.filter(record => record.type === type).map(record => record.content));

/**
 * Parses what has arrived so far. Skips records of other requests, of the connection (id 0) and of unknown types, as the
 * specification requires. The error says why it is not FastCGI.
 */
export function readFastcgi(bytes: Uint8Array): Result<FastcgiAnswer> {
  const records = recordsOf(bytes);
  if (!records) return err('the answer is not FastCGI');
  const own = records.filter(record => record.request === REQUEST_ID);
  const last = own.findIndex(record => record.type === TYPES.end);
  const content = own[last]?.content;
  if (content && content.length < END_BODY_BYTES)
    return err('the answer is not FastCGI: END_REQUEST is too short');
  const sent = last < 0 ? own : own.slice(0, last);
  return ok({
    stdout: streamOf(sent, TYPES.stdout),
    stderr: textOf(streamOf(sent, TYPES.stderr)),
    end: content ? endOf(content) : null,
  });
}

/* A record of FastCGI 1.0: version, type, request id, length of content and padding, a reserved byte; then both. */

const VERSION = 1;
const HEADER_BYTES = 8;
const TYPES = { begin: 1, end: 3, params: 4, stdin: 5, stdout: 6, stderr: 7 } as const;
/** The id of the connection's only request; 0 is for records about the connection. */
const REQUEST_ID = 1;

interface FastcgiRecord {
  type: number;
  request: number;
  content: Uint8Array;
}

/** The record at an offset, and the offset of the next one; null while its content is incomplete. */
function recordAt(bytes: Uint8Array, at: number): { record: FastcgiRecord; next: number } | null {
  if (at + HEADER_BYTES > bytes.length) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const [type, request, length] = [header.getUint8(1), header.getUint16(2), header.getUint16(4)];
  const end = at + HEADER_BYTES + length;
  if (end > bytes.length) return null;
  // the padding carries nothing, and may still be missing
  return {
    record: { type, request, content: bytes.subarray(at + HEADER_BYTES, end) },
    next: end + header.getUint8(6),
  };
}

/** All complete records, or null when one has another version. */
function recordsOf(bytes: Uint8Array): FastcgiRecord[] | null {
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
