import { connect, type Socket } from 'node:net';
import { coded } from './coded.ts';

/** Where a worker listens. */
export type Target = { host: string; port: number } | { path: string };

/** When an exchange is over. */
export interface Bounds {
  /** ms in all, after which it fails. */
  timeout: number;
  /** Bytes of an answer, beyond which it fails. */
  limit: number;
  /** Whether the bytes so far are all that is wanted. */
  done: (bytes: Uint8Array) => boolean;
}

/** Takes what comes, until it is enough or the other end closes. By events: an iterator costs as much again. */
const received = (socket: Socket, { limit, done }: Bounds): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    socket.on('data', chunk => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      if (bytes.length > limit) reject(coded('ERR_CANCELED'));
      else if (done(bytes)) resolve(bytes);
    });
    socket.on('end', () => resolve(bytes)).on('error', reject);
  });

/** Who closes before all is sent gives the one code or the other, by chance. */
const named = (error: unknown): unknown =>
  (error as { code?: string }).code === 'EPIPE' ? coded('ECONNRESET') : error;

/**
 * Sends a message to a worker, and takes what comes until it closes or `done` says so. Rejects with an error whose code is
 * ETIMEDOUT when it takes too long, ERR_CANCELED when the answer does, or Node's. The connection is closed in any case.
 */
export async function exchange(target: Target, message: Uint8Array, bounds: Bounds): Promise<Uint8Array> {
  const socket = connect(target);
  const late = setTimeout(() => socket.destroy(coded('ETIMEDOUT')), bounds.timeout);
  try {
    socket.write(message);
    return await received(socket, bounds);
  } catch (error) {
    throw named(error);
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}
