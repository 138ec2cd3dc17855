import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Access, parseAccess } from './access-line.ts';

/** More slow requests than this between two looks are counted, but not kept one by one. */
const KEPT = 200;

/** What nginx told since the last call. */
export interface Heard {
  /** Requests by endpoint. */
  requests: Map<string, number>;
  /** Those that took longer than their pool's limit. */
  slow: Access[];
}

const nothing = (): Heard => ({ requests: new Map(), slow: [] });

/** Hears nginx's access log on a UDP port of the loopback. A line without the tag that nginx knows is not believed. */
export class AccessLog {
  #heard = nothing();

  private constructor(
    readonly socket: Socket,
    readonly tag: string,
    /** The limit for each endpoint, ms; it changes with the pools. */
    readonly limitOf: (endpoint: string) => number | null,
  ) {
    socket.on('message', message => this.#hear(message.toString('utf8')));
  }

  /** Listens at `127.0.0.1:7981`. Rejects when the port is taken. */
  static async listen(
    address: string,
    tag: string,
    limitOf: (endpoint: string) => number | null,
  ): Promise<AccessLog> {
    const [host = '', port = ''] = address.split(':');
    const socket = createSocket('udp4');
    socket.bind(Number(port), host);
    await once(socket, 'listening');
    return new AccessLog(socket, tag, limitOf);
  }

  take(): Heard {
    const heard = this.#heard;
    this.#heard = nothing();
    return heard;
  }

  close(): void {
    this.socket.close();
  }

  #hear(line: string): void {
    const access = parseAccess(line, this.tag);
    if (!access) return;
    const { requests, slow } = this.#heard;
    for (const { endpoint } of access.attempts) requests.set(endpoint, (requests.get(endpoint) ?? 0) + 1);
    const isSlow = access.attempts.some(({ endpoint, took }) => took > (this.limitOf(endpoint) ?? Infinity));
    if (isSlow && slow.length < KEPT) slow.push(access);
  }
}
