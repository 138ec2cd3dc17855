import { readSync, statSync, writeSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { parseAnswer, type UnixSocket, unixRequest } from './sock-diag.ts';

/** No datagram of the kernel's is longer. */
const MAX_ANSWER_BYTES = 64 * 1024;
const EBUSY = 16;
/** What a killed controller had asked for is read first: some datagrams at a time. */
const MAX_TRIES = 1_000;

/** A socket of netlink(7) that systemd opened: Node.js has none of its own. */
export class UnixSockets {
  readonly #buffer = Buffer.alloc(MAX_ANSWER_BYTES);
  /** Unlike that of a controller before this one. */
  #sequence = (process.pid << 16) >>> 0;

  /** The descriptor does not block. */
  constructor(readonly fd: number) {}

  /** All sockets with a file. Throws if the kernel refuses. */
  read(): UnixFiles {
    return new UnixFiles(this.#all());
  }

  #all(): UnixSocket[] {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      this.#sequence = (this.#sequence + 1) >>> 0;
      writeSync(this.fd, unixRequest(this.#sequence));
      const found = this.#answer();
      if (found) return found;
    }
    throw new Error('sock_diag is busy');
  }

  /** Null when the answer to somebody else is still under way. */
  #answer(): UnixSocket[] | null {
    const found: UnixSocket[] = [];
    for (;;) {
      const length = readSync(this.fd, this.#buffer);
      const { sockets, isDone, errno } = parseAnswer(this.#buffer.subarray(0, length), this.#sequence);
      if (errno === EBUSY) return null;
      if (errno !== 0) throw refusal(errno);
      found.push(...sockets);
      if (isDone) return found;
    }
  }
}

/** With a code as Node.js's own errors have it: ENOENT where the kernel has no unix_diag. */
const refusal = (errno: number): Error =>
  Object.assign(new Error(`sock_diag: error ${errno}`), { code: getSystemErrorName(-errno) });

function fileOf(path: string): UnixSocket['file'] | null {
  try {
    const { dev, ino } = statSync(path);
    return { device: dev >>> 0, inode: ino >>> 0 };
  } catch {
    return null;
  }
}

const keyOf = ({ device, inode }: UnixSocket['file']): string => `${device} ${inode}`;

/** Sockets by the files that they are bound to, as those are now. */
export class UnixFiles {
  readonly #files = new Map<string, string | null>();
  readonly #listening: ReadonlySet<string>;

  constructor(readonly sockets: readonly UnixSocket[]) {
    this.#listening = new Set(
      sockets.filter(({ isListening }) => isListening).map(({ file }) => keyOf(file)),
    );
  }

  /** The accepted and waiting ends of connections to files below a folder that are still there. */
  connectedBelow(folder: string): UnixSocket[] {
    return this.sockets.filter(
      ({ name, isListening, file }) =>
        !isListening && name.startsWith(`${folder}/`) && this.#at(name) === keyOf(file),
    );
  }

  /** Whether somebody listens at a path, under whatever name the socket was made: a worker may move it into place. */
  isListening(path: string): boolean {
    const file = this.#at(path);
    return file !== null && this.#listening.has(file);
  }

  #at(path: string): string | null {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = fileOf(path);
    const key = file && keyOf(file);
    this.#files.set(path, key);
    return key;
  }
}
