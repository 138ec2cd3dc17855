import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Histogram } from '../../scale/histogram.ts';
import type { RequestStats } from '../../scale/signals.ts';
import { udpDrops } from '../kernel/udp-drops.ts';
import { passedSocket } from '../systemd/passed.ts';
import type { Loss } from './loss.ts';

/** Slow requests to keep between two calls of take(); further ones are only counted. */
const MAX_SLOW_REQUESTS = 200;

/** What nginx has logged since the last call of take(). */
export interface LoggedRequests {
  /** By endpoint; each try of a request counts. */
  stats: Map<string, RequestStats>;
  /** Requests that took longer than their pool's limit. */
  slow: Access[];
  loss: Loss;
}

const noRequests = (): LoggedRequests => ({ stats: new Map(), slow: [], loss: { received: 0, lost: 0 } });

/** Where the log arrives: a descriptor that systemd passed, or an address such as `127.0.0.1:299`. */
function bindTo(socket: Socket, address: string): void {
  const [host = '', port = ''] = address.split(':');
  const fd = passedSocket('log');
  if (fd !== null) socket.bind({ fd });
  else socket.bind(Number(port), host);
}

/** Receives nginx's access log on a loopback UDP port. Lines without the secret tag are ignored. */
export class AccessLog {
  #requests = noRequests();
  /** What the kernel had dropped when it was last asked. The socket may be older than this process. */
  #dropped: number;

  private constructor(
    readonly socket: Socket,
    /** Of nginx's lines; it changes with each install. */
    public tag: string,
    /** An endpoint's limit for a request, ms. */
    readonly limitOf: (endpoint: string) => number | null,
  ) {
    this.#dropped = udpDrops(this.port) ?? 0;
    socket.on('message', message => this.#receive(message.toString('utf8')));
  }

  /** Takes over the socket that systemd holds; where there is none, listens at the address. Rejects when that is taken. */
  static async listen(
    address: string,
    tag: string,
    limitOf: (endpoint: string) => number | null,
  ): Promise<AccessLog> {
    const socket = createSocket('udp4');
    const listening = once(socket, 'listening');
    bindTo(socket, address);
    await listening;
    return new AccessLog(socket, tag, limitOf);
  }

  /** The port it listens on; the kernel chooses one for port 0. */
  get port(): number {
    return this.socket.address().port;
  }

  take(): LoggedRequests {
    const requests = this.#requests;
    this.#requests = noRequests();
    const dropped = udpDrops(this.port) ?? this.#dropped;
    const lost = Math.max(0, dropped - this.#dropped);
    this.#dropped = dropped;
    return { ...requests, loss: { ...requests.loss, lost } };
  }

  close(): void {
    this.socket.close();
  }

  #receive(line: string): void {
    this.#requests.loss.received += 1;
    const access = parseAccess(line, this.tag);
    if (!access) return;
    const { stats, slow } = this.#requests;
    for (const attempt of access.attempts) count(stats, attempt);
    const isSlow = access.attempts.some(({ endpoint, took }) => took > (this.limitOf(endpoint) ?? Infinity));
    if (isSlow && slow.length < MAX_SLOW_REQUESTS) slow.push(access);
  }
}

/** The lowest status that counts as an error of the worker. */
const SERVER_ERROR = 500;

function count(stats: Map<string, RequestStats>, { endpoint, status, took }: Attempt): void {
  const known = stats.get(endpoint) ?? { count: 0, errors: 0, latencies: new Histogram() };
  stats.set(endpoint, known);
  known.count += 1;
  if (status === null || status >= SERVER_ERROR) known.errors += 1;
  known.latencies.add(took);
}

/** One try of a request on one instance. */
export interface Attempt {
  /** `127.0.0.1:8000` or `unix:/run/...`, as nginx names it. */
  endpoint: string;
  /** Null when there was no answer. */
  status: number | null;
  /** ms */
  took: number;
}

/** A request as nginx logs it. */
export interface Access {
  attempts: Attempt[];
  method: string;
  /** As the client sent it; nginx escapes what is not printable. */
  uri: string;
}

/** Fields of a line, separated by tabs; nginx/traffic.conf has the format. The URI is last, because it may be cut. */
const FIELD_COUNT = 5;
/** How nginx separates the tries of a request, and the groups of tries around an internal redirect. */
const TRY_SEPARATOR = /, | : /;
const ENDPOINT = /^(?:127\.0\.0\.1:\d{1,5}|unix:\/run\/cgipool\/[a-z0-9/-]{1,60}(?:sock|\.wake))$/;

const seconds = (text: string | undefined): number => Math.round(Number(text) * 1000);

function attempts(addresses: string, statuses: string, times: string): Attempt[] | null {
  const [status, took] = [statuses.split(TRY_SEPARATOR), times.split(TRY_SEPARATOR)];
  const list = addresses.split(TRY_SEPARATOR).map((endpoint, i) => ({
    endpoint,
    status: Number(status[i]) || null,
    took: seconds(took[i]) || 0,
  }));
  return list.every(({ endpoint }) => ENDPOINT.test(endpoint)) ? list : null;
}

/** Parses one syslog datagram of nginx; null when its form or its tag is wrong. */
export function parseAccess(datagram: string, tag: string): Access | null {
  const [, found, text = ''] =
    /^<\d{1,3}>\w{3} [ \d]\d \d\d:\d\d:\d\d (\w{1,32}): (.*)$/s.exec(datagram) ?? [];
  if (found !== tag) return null;
  const fields = text.split('\t');
  const [addresses = '', statuses = '', times = '', method = '', uri = ''] = fields;
  const tries = fields.length === FIELD_COUNT ? attempts(addresses, statuses, times) : null;
  return tries && /^[A-Z]{1,20}$/.test(method) ? { attempts: tries, method, uri } : null;
}
