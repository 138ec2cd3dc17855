/*
 * The kernel's socket monitoring, sock_diag(7), as bytes: a request for all unix sockets, and its answers. /proc/net/unix
 * has the names alone, as their owners gave them: with a line break in one, or in a mount namespace of one's own, anybody
 * can have lines there that look like a worker's. Here each socket comes with the file that it is bound to.
 */

/** netlink(7): type, flags and what an answer may be. */
const SOCK_DIAG_BY_FAMILY = 20;
const REQUEST_AND_DUMP = 0x301;
const [ERROR, DONE] = [2, 3];
const HEADER_BYTES = 16;
const REQUEST_BYTES = 40;
const AF_UNIX = 1;
/** Those that are connected. */
const ESTABLISHED = 1 << 1;
/** UDIAG_SHOW_NAME and UDIAG_SHOW_VFS. */
const NAME_AND_FILE = 0x1 | 0x2;
/** Attributes of an answer. */
const [NAME, FILE] = [0, 1];
/** Where the attributes begin, after struct unix_diag_msg. */
const BODY_BYTES = 16;
const ATTRIBUTE_BYTES = 4;

/** A connected socket that has a name: the one that a server accepted, or is about to. */
export interface UnixSocket {
  /** 0 while the server has not accepted it. */
  inode: number;
  name: string;
  /** The file that it is bound to; as 32 bits each, and the device as user space has it. */
  file: { device: number; inode: number };
}

/** What came of a request: sockets so far, and whether that is all; or the errno of a refusal. */
export interface Answer {
  sockets: UnixSocket[];
  isDone: boolean;
  errno: number;
}

/** Asks for all connected unix sockets; `sequence` marks the answers. */
export function unixRequest(sequence: number): Buffer {
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt32LE(REQUEST_BYTES, 0);
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  request.writeUInt16LE(REQUEST_AND_DUMP, 6);
  request.writeUInt32LE(sequence, 8);
  request.writeUInt8(AF_UNIX, HEADER_BYTES);
  request.writeUInt32LE(ESTABLISHED, HEADER_BYTES + 4);
  request.writeUInt32LE(NAME_AND_FILE, HEADER_BYTES + 12);
  return request;
}

/** Parts that begin with their length, in multiples of four bytes. */
function* parts(bytes: Buffer, lengthOf: (at: number) => number, least: number): Generator<Buffer> {
  for (let at = 0; at + least <= bytes.length; ) {
    const length = lengthOf(at);
    if (length < least) return;
    yield bytes.subarray(at, at + length);
    at += (length + 3) & ~3;
  }
}

/** The kernel has 20 bits for the minor number; user space has its upper 12 above the major one. */
function userDevice(kernel: number): number {
  const [major, minor] = [kernel >>> 20, kernel & 0xfffff];
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
}

/** Null for one without a name or a file: a client's end, or an abstract name. */
function socketOf(body: Buffer): UnixSocket | null {
  const attributes = body.subarray(BODY_BYTES);
  let [name, file]: [string, UnixSocket['file'] | null] = ['', null];
  for (const part of parts(attributes, at => attributes.readUInt16LE(at), ATTRIBUTE_BYTES)) {
    const [type, value] = [part.readUInt16LE(2), part.subarray(ATTRIBUTE_BYTES)];
    if (type === NAME) name = value.toString('utf8').replace(/\0+$/, '');
    if (type === FILE) file = { inode: value.readUInt32LE(0), device: userDevice(value.readUInt32LE(4)) };
  }
  return file && name !== '' ? { inode: body.readUInt32LE(4), name, file } : null;
}

/** Reads what one datagram answers to a request; those to others, as of a controller that was killed, are left out. */
export function parseAnswer(bytes: Buffer, sequence: number): Answer {
  const answer: Answer = { sockets: [], isDone: false, errno: 0 };
  for (const message of parts(bytes, at => bytes.readUInt32LE(at), HEADER_BYTES)) {
    if (message.readUInt32LE(8) !== sequence) continue;
    const [type, body] = [message.readUInt16LE(4), message.subarray(HEADER_BYTES)];
    if (type === DONE) answer.isDone = true;
    else if (type === ERROR) answer.errno = -body.readInt32LE(0);
    else answer.sockets.push(...[socketOf(body)].filter(found => found !== null));
  }
  return answer;
}
