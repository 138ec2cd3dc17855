import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Histogram } from '../../scale/histogram.ts';
import type { RequestStats } from '../../scale/signals.ts';

/** More slow requests than this between two looks are counted, but not kept one by one. */
const MAX_SLOW_REQUESTS = 200;

/** What nginx told since the last call. */
export interface LoggedRequests {
  /** Requests by endpoint, each try one. */
  stats: Map<string, RequestStats>;
  /** Those that took longer than their pool's limit. */
  slow: Access[];
}

const noRequests = (): LoggedRequests => ({ stats: new Map(), slow: [] });

/** Hears nginx's access log on a UDP port of the loopback. A line without the tag that nginx knows is not believed. */
export class AccessLog {
  #requests = noRequests();

  private constructor(
    readonly socket: Socket,
    readonly tag: string,
    /** The limit for each endpoint, ms; it changes with the pools. */
    readonly limitOf: (endpoint: string) => number | null,
  ) {
    socket.on('message', message => this.#receive(message.toString('utf8')));
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

  take(): LoggedRequests {
    const heard = this.#requests;
    this.#requests = noRequests();
    return heard;
  }

  close(): void {
    this.socket.close();
  }

  #receive(line: string): void {
    const access = parseAccess(line, this.tag);
    if (!access) return;
    const { stats: told, slow } = this.#requests;
    for (const attempt of access.attempts) count(told, attempt);
    const isSlow = access.attempts.some(({ endpoint, took }) => took > (this.limitOf(endpoint) ?? Infinity));
    if (isSlow && slow.length < MAX_SLOW_REQUESTS) slow.push(access);
  }
}

/** An answer from here on is an error of the worker's. */
const SERVER_ERROR = 500;

function count(told: Map<string, RequestStats>, { endpoint, status, took }: Attempt): void {
  const known = told.get(endpoint) ?? { count: 0, errors: 0, latencies: new Histogram() };
  told.set(endpoint, known);
  known.count += 1;
  if (status === null || status >= SERVER_ERROR) known.errors += 1;
  known.latencies.add(took);
}

/** One try of a request on one instance. */
export interface Attempt {
  /** `127.0.0.1:8000` or `unix:/run/...`, as nginx dials it. */
  endpoint: string;
  /** Null when there was no answer. */
  status: number | null;
  /** ms */
  took: number;
}

/** A request as nginx's log tells of it. */
export interface Access {
  attempts: Attempt[];
  method: string;
  /** As the client sent it; nginx escapes what is not printable. */
  uri: string;
}

/** Of each try, in this order, separated by tabs: the format in nginx/traffic.conf. The URI is last, since it may be cut. */
const FIELD_COUNT = 5;
/** nginx separates the tries of a request so, and groups of tries after an internal redirect. */
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

/** Reads one datagram of nginx's syslog; null when it is none of ours, by its form or its tag. */
export function parseAccess(datagram: string, tag: string): Access | null {
  const [, said, text = ''] =
    /^<\d{1,3}>\w{3} [ \d]\d \d\d:\d\d:\d\d (\w{1,32}): (.*)$/s.exec(datagram) ?? [];
  if (said !== tag) return null;
  const fields = text.split('\t');
  const [addresses = '', statuses = '', times = '', method = '', uri = ''] = fields;
  const tries = fields.length === FIELD_COUNT ? attempts(addresses, statuses, times) : null;
  return tries && /^[A-Z]{1,20}$/.test(method) ? { attempts: tries, method, uri } : null;
}
