import { connect, type Socket } from 'node:net';
import { Patience } from './patience.ts';

/** Where a worker listens. */
export type Endpoint = { host: string; port: number } | { path: string };

/** When an exchange ends. */
export interface ExchangeLimits {
  /** Time for the whole exchange, after which it fails, ms. */
  timeout: number;
  /** Length of the answer beyond which it fails, bytes. */
  limit: number;
  /** Whether the bytes so far are all that is needed. */
  done: (bytes: Uint8Array) => boolean;
}

/** A peer that closes before all is sent causes EPIPE or ECONNRESET, by chance. */
const sameCode = (error: Error): Error =>
  (error as { code?: string }).code === 'EPIPE' ? errorWithCode('ECONNRESET') : error;

/**
 * Closes a connection so that it leaves no TIME_WAIT entry. After a FIN the kernel would keep one for a minute; with 50
 * workers its socket table would have 1,500 of them.
 */
function closeWithReset(socket: Socket, endpoint: Endpoint): void {
  if (socket.destroyed) return;
  if ('path' in endpoint || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

/** Data is read into this buffer and copied out: Node's streams would allocate 64 KiB for each piece, however small. */
const buffer = new Uint8Array(64 * 1024);

/** Each piece is read and parsed by itself: whoever sends byte by byte must not cost more than any other. */
export const MAX_PIECES = 100;

/** One exchange, driven by socket events: iterating over the stream takes twice the CPU time. */
class Exchange {
  readonly #socket: Socket;
  readonly #patience: Patience;
  #bytes: Uint8Array = new Uint8Array();
  #pieces = 0;
  #hasAnswered = false;

  constructor(
    readonly endpoint: Endpoint,
    readonly limits: ExchangeLimits,
    readonly resolve: (bytes: Uint8Array) => void,
    readonly reject: (error: Error) => void,
  ) {
    this.#patience = new Patience(limits.timeout, () => this.#fail(errorWithCode('ETIMEDOUT')));
    this.#socket = connect({ ...endpoint, onread: { buffer, callback: length => this.#receive(length) } })
      .on('end', () => this.#closed())
      .on('error', error => this.#fail(error));
  }

  send(message: Uint8Array): void {
    this.#socket.write(message);
  }

  /** Returns true to keep reading. */
  #receive(length: number): boolean {
    const { limit, done } = this.limits;
    this.#bytes = Buffer.concat([this.#bytes, buffer.subarray(0, length)]);
    this.#pieces += 1;
    // data after the answer
    if (this.#hasAnswered) this.#end();
    else if (this.#bytes.length > limit) this.#fail(errorWithCode('ERR_CANCELED'));
    else if (this.#pieces > MAX_PIECES) this.#fail(errorWithCode('EMSGSIZE'));
    else if (done(this.#bytes)) this.#answered();
    return true;
  }

  /** The worker closes first, as the request asked it to. */
  #answered(): void {
    this.#hasAnswered = true;
    this.resolve(this.#bytes);
  }

  #closed(): void {
    this.resolve(this.#bytes);
    this.#end();
  }

  #fail(error: Error): void {
    this.reject(sameCode(error));
    this.#end();
  }

  #end(): void {
    this.#patience.end();
    closeWithReset(this.#socket, this.endpoint);
  }
}

/**
 * Sends a message to a worker and collects the answer until the worker closes or `done` returns true. Rejects with an
 * error whose code is ETIMEDOUT when it takes too long, ERR_CANCELED when the answer is too long, EMSGSIZE when it comes in
 * too many pieces, or Node's. The
 * connection is closed in any case, at the latest on timeout.
 */
export const exchange = (
  endpoint: Endpoint,
  message: Uint8Array,
  limits: ExchangeLimits,
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => new Exchange(endpoint, limits, resolve, reject).send(message));

/** An error with a code, like those of Node. */
export const errorWithCode = (code: string): Error => Object.assign(new Error(code), { code });
