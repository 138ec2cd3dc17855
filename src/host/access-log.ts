import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Histogram } from '../scale/histogram.ts';
import type { Told } from '../scale/signals.ts';
import { type Access, type Attempt, parseAccess } from './access-line.ts';

/** More slow requests than this between two looks are counted, but not kept one by one. */
const KEPT = 200;

/** What nginx told since the last call. */
export interface Heard {
  /** Requests by endpoint, each try one. */
  told: Map<string, Told>;
  /** Those that took longer than their pool's limit. */
  slow: Access[];
}

const nothing = (): Heard => ({ told: new Map(), slow: [] });

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

  /** Of 127.x.x.x; where 0 was asked for the kernel chose it. */
  get port(): number {
    return this.socket.address().port;
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
    const { told, slow } = this.#heard;
    for (const attempt of access.attempts) count(told, attempt);
    const isSlow = access.attempts.some(({ endpoint, took }) => took > (this.limitOf(endpoint) ?? Infinity));
    if (isSlow && slow.length < KEPT) slow.push(access);
  }
}

/** An answer from here on is an error of the worker's. */
const SERVER_ERROR = 500;

function count(told: Map<string, Told>, { endpoint, status, took }: Attempt): void {
  const known = told.get(endpoint) ?? { count: 0, errors: 0, latencies: new Histogram() };
  told.set(endpoint, known);
  known.count += 1;
  if (status === null || status >= SERVER_ERROR) known.errors += 1;
  known.latencies.add(took);
}
