import { err, ok, type Result } from '../pool/result.ts';
import { join, textOf } from './bytes.ts';
import { type FastcgiRecord, REQUEST, recordsOf, TYPES } from './fastcgi-record.ts';

/** What a FastCGI worker has sent so far. */
export interface FastcgiAnswer {
  stdout: Uint8Array;
  stderr: string;
  /** The exit status of the program and the status of the protocol; null: the request has not ended yet. */
  end: { application: number; protocol: number } | null;
}

/** The body of END_REQUEST: four bytes of an exit status, one of the protocol, three reserved. */
const END_BODY = 8;

function endOf(content: Uint8Array): FastcgiAnswer['end'] {
  const view = new DataView(content.buffer, content.byteOffset, END_BODY);
  return { application: view.getUint32(0), protocol: view.getUint8(4) };
}

const streamOf = (records: readonly FastcgiRecord[], type: number): Uint8Array =>
  join(records.filter(record => record.type === type).map(record => record.content));

/**
 * Reads what has come so far. Records of other requests, of the connection (id 0) and of unknown types are passed over,
 * as the specification wants. An error says in words what is no FastCGI.
 */
export function readFastcgi(bytes: Uint8Array): Result<FastcgiAnswer> {
  const records = recordsOf(bytes);
  if (!records) return err('its answer is no FastCGI');
  const own = records.filter(record => record.request === REQUEST);
  const last = own.findIndex(record => record.type === TYPES.end);
  const content = own[last]?.content;
  if (content && content.length < END_BODY) return err('its answer is no FastCGI: END_REQUEST is too short');
  const said = last < 0 ? own : own.slice(0, last);
  return ok({
    stdout: streamOf(said, TYPES.stdout),
    stderr: textOf(streamOf(said, TYPES.stderr)),
    end: content ? endOf(content) : null,
  });
}
