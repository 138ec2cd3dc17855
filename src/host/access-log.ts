import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Access, parseAccess } from './access-line.ts';
import { udpOwner } from './udp-owner.ts';

/** More requests than this between two looks are counted, but not kept one by one. */
const KEPT = 200;
/** A sender's port is looked up again after so long, ms: it may be somebody else's by then. */
const TRUSTED_FOR = 5_000;
/** Senders that are remembered for that long; nginx has one for each of its workers, so more are not its own. */
const SENDERS = 500;

/** What nginx told since the last call. */
export interface Heard {
  /** Requests by endpoint. */
  requests: Map<string, number>;
  /** Those that took longer than their pool's limit. */
  slow: Access[];
}

const nothing = (): Heard => ({ requests: new Map(), slow: [] });

/**
 * Hears nginx's access log on a UDP port of the loopback. Whoever else sends there is not believed: the kernel tells
 * which user a sender's socket belongs to.
 */
export class AccessLog {
  #heard = nothing();
  #senders = new Map<number, { trusted: boolean; until: number }>();

  private constructor(
    readonly socket: Socket,
    readonly port: number,
    readonly users: ReadonlySet<number>,
    /** The limit for each endpoint, ms; it changes with the pools. */
    readonly limitOf: (endpoint: string) => number | null,
  ) {
    socket.on('message', (message, sender) => void this.#hear(message, sender));
  }

  /** Listens at `127.0.0.1:7981`. Rejects when the port is taken. */
  static async listen(
    address: string,
    users: ReadonlySet<number>,
    limitOf: (endpoint: string) => number | null,
  ): Promise<AccessLog> {
    const [host = '', port = ''] = address.split(':');
    const socket = createSocket('udp4');
    socket.bind(Number(port), host);
    await once(socket, 'listening');
    return new AccessLog(socket, Number(port), users, limitOf);
  }

  take(): Heard {
    const heard = this.#heard;
    this.#heard = nothing();
    return heard;
  }

  close(): void {
    this.socket.close();
  }

  async #hear(message: Buffer, sender: RemoteInfo): Promise<void> {
    const access = parseAccess(message.toString('utf8'));
    if (access && (await this.#isTrusted(sender.port))) this.#count(access);
  }

  #count(access: Access): void {
    const { requests, slow } = this.#heard;
    for (const { endpoint } of access.attempts) requests.set(endpoint, (requests.get(endpoint) ?? 0) + 1);
    const isSlow = access.attempts.some(({ endpoint, took }) => took > (this.limitOf(endpoint) ?? Infinity));
    if (isSlow && slow.length < KEPT) slow.push(access);
  }

  #forget(): void {
    for (const [port, { until }] of this.#senders) if (until <= Date.now()) this.#senders.delete(port);
  }

  async #isTrusted(port: number): Promise<boolean> {
    const known = this.#senders.get(port);
    if (known && known.until > Date.now()) return known.trusted;
    this.#forget();
    if (this.#senders.size >= SENDERS) return false;
    const owner = await udpOwner(port, this.port).catch(() => null);
    const trusted = owner !== null && this.users.has(owner);
    this.#senders.set(port, { trusted, until: Date.now() + TRUSTED_FOR });
    return trusted;
  }
}
