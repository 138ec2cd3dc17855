import { connect, type Socket } from 'node:net';

/** Where a worker listens. */
export type Endpoint = { host: string; port: number } | { path: string };

/** When an exchange is over. */
export interface ExchangeLimits {
  /** ms in all, after which it fails. */
  timeout: number;
  /** Bytes of an answer, beyond which it fails. */
  limit: number;
  /** Whether the bytes so far are all that is wanted. */
  done: (bytes: Uint8Array) => boolean;
}

/** Who closes before all is sent gives the one code or the other, by chance. */
const sameCode = (error: Error): Error =>
  (error as { code?: string }).code === 'EPIPE' ? errorWithCode('ECONNRESET') : error;

/**
 * Ends a connection so that the kernel forgets it. After a FIN of ours or of both it would remember it for a minute, and
 * with 50 workers each look at its tables would read of 1,500 such.
 */
function closeWithReset(socket: Socket, target: Endpoint): void {
  if (socket.destroyed) return;
  if ('path' in target || socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

/** What comes is read into this and copied at once: Node's streams take 64 KiB for each piece, however small. */
const buffer = new Uint8Array(64 * 1024);

/** One exchange, by the events of its connection: an iterator of the stream costs as much CPU time again. */
class Exchange {
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  #bytes: Uint8Array = new Uint8Array();
  #hasAnswered = false;

  constructor(
    readonly endpoint: Endpoint,
    readonly limits: ExchangeLimits,
    readonly resolve: (bytes: Uint8Array) => void,
    readonly reject: (error: Error) => void,
  ) {
    this.#timer = setTimeout(() => this.#fail(errorWithCode('ETIMEDOUT')), limits.timeout);
    this.#socket = connect({ ...endpoint, onread: { buffer, callback: length => this.#receive(length) } })
      .on('end', () => this.#closed())
      .on('error', error => this.#fail(error));
  }

  send(message: Uint8Array): void {
    this.#socket.write(message);
  }

  /** True: there may be more. */
  #receive(length: number): boolean {
    const { limit, done } = this.limits;
    this.#bytes = Buffer.concat([this.#bytes, buffer.subarray(0, length)]);
    // more than an answer is not wanted
    if (this.#hasAnswered) this.#end();
    else if (this.#bytes.length > limit) this.#fail(errorWithCode('ERR_CANCELED'));
    else if (done(this.#bytes)) this.#answered();
    return true;
  }

  /** Whoever has answered closes first, as it was asked to. */
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
    clearTimeout(this.#timer);
    closeWithReset(this.#socket, this.endpoint);
  }
}

/**
 * Sends a message to a worker, and takes what comes until it closes or `done` says so. Rejects with an error whose code is
 * ETIMEDOUT when it takes too long, ERR_CANCELED when the answer does, or Node's. The connection is closed in any case, at
 * the latest when the time is up.
 */
export const exchange = (
  target: Endpoint,
  message: Uint8Array,
  bounds: ExchangeLimits,
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => new Exchange(target, bounds, resolve, reject).send(message));

/** An error that the rest of the program knows by its code, as it knows Node's. */
export const errorWithCode = (code: string): Error => Object.assign(new Error(code), { code });
