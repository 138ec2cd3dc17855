import { join, utf8 } from './bytes.ts';
import { REQUEST, TYPES, VERSION } from './fastcgi-record.ts';
import type { Variables } from './protocol.ts';

/** Bytes of content of one record. */
const MOST = 65_535;

/** Responder, whose connection closes after the request. */
const BEGIN_BODY = Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0);

function record(type: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  return join([Uint8Array.of(VERSION, type, 0, REQUEST, length >> 8, length & 0xff, 0, 0), content]);
}

/** A stream: as many records as it takes, and an empty one that ends it. */
function stream(type: number, content: Uint8Array): Uint8Array {
  const records: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += MOST)
    records.push(record(type, content.subarray(at, at + MOST)));
  return join([...records, record(type, new Uint8Array())]);
}

/** In one byte up to 127, else in four with the highest bit set. */
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
