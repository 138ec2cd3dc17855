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

  /** The accepted and waiting ends of connections to files below a folder that are still there. Throws if the kernel refuses. */
  connectedBelow(folder: string): UnixSocket[] {
    const files = new Map<string, UnixSocket['file'] | null>();
    const fileAt = (path: string): UnixSocket['file'] | null => {
      const found = files.get(path) ?? fileOf(path);
      files.set(path, found);
      return found;
    };
    return this.#all().filter(({ name, file }) => {
      const there = name.startsWith(`${folder}/`) ? fileAt(name) : null;
      return there?.inode === file.inode && there.device === file.device;
    });
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
