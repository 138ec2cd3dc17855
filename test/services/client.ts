import { once } from 'node:events';
import type { Socket } from 'node:net';
import { dial, type Worker } from './program.ts';

/** An answer from the wire. */
export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Map<string, string>;
  body: string;
}

/** How long a step of a test may take: far more than any needs, so that a hang is reported as an error. */
const STEP_TIMEOUT_MS = 6000;

/** The result of `promise`; after a timeout rejects with an error that names `what`. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what}: timed out after ${STEP_TIMEOUT_MS} ms`)),
      STEP_TIMEOUT_MS,
    );
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function parseHead(text: string): Omit<Answer, 'body'> {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) [\x20-\x7e]+$/.exec(first)?.[1];
  if (status === undefined) throw new Error(`no status line: ${JSON.stringify(first)}`);
  const headers = lines.map((line): [string, string] => {
    const field = /^([!-9;-~]+): (\S.*)$/.exec(line);
    if (!field?.[1] || !field[2]) throw new Error(`no header line: ${JSON.stringify(line)}`);
    return [field[1].toLowerCase(), field[2]];
  });
  return { status: Number(status), headers: new Map(headers) };
}

/** Cuts the first answer off `text`; null while it is incomplete. Answers to HEAD and 1xx answers have no body. */
function cut(text: string, isHead: boolean): { answer: Answer; rest: string } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = parseHead(text.slice(0, end));
  const bodyless = isHead || head.status < 200;
  const length = bodyless ? 0 : Number(head.headers.get('content-length'));
  const after = end + 4 + length;
  if (Number.isNaN(length)) throw new Error('no Content-Length');
  if (text.length < after) return null;
  return { answer: { ...head, body: text.slice(end + 4, after) }, rest: text.slice(after) };
}

/** A connection for raw bytes (latin1: one character is one byte). */
export class Client {
  readonly socket: Socket;
  #text = '';
  #closed = false;

  constructor(worker: Worker) {
    this.socket = dial(worker);
    this.socket.setNoDelay(true).setEncoding('latin1').setMaxListeners(0);
    this.socket.on('data', data => {
      this.#text += data;
    });
    // the server may reset the connection after the answer if the client goes on sending
    this.socket.on('error', () => {});
    for (const event of ['end', 'close'])
      this.socket.on(event, () => {
        this.#closed = true;
      });
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** Closes the sending side. */
  finish(): void {
    this.socket.end();
  }

  async connected(): Promise<this> {
    if (this.socket.connecting) await within(once(this.socket, 'connect'), 'a connection');
    return this;
  }

  #change(): Promise<unknown> {
    return new Promise(resolve => {
      for (const event of ['data', 'end', 'close']) this.socket.once(event, resolve);
    });
  }

  /** The next answer; throws if the connection ends first. */
  async answer(isHead = false): Promise<Answer> {
    for (;;) {
      const found = cut(this.#text, isHead);
      if (found) {
        this.#text = found.rest;
        return found.answer;
      }
      if (this.#closed) throw new Error(`closed after ${JSON.stringify(this.#text.slice(0, 200))}`);
      await within(this.#change(), 'an answer');
    }
  }

  /** Waits for the server to close; returns what answer() has not consumed. */
  async closed(): Promise<string> {
    while (!this.#closed) await within(this.#change(), 'the end');
    return this.#text;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Runs `use` with a connection, and closes it in any case. */
export async function withClient<T>(worker: Worker, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await new Client(worker).connected();
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

/** Sends `text` on a new connection and returns the first answer. */
export const exchange = (worker: Worker, text: string, isHead = false): Promise<Answer> =>
  withClient(worker, async client => {
    client.send(text);
    return client.answer(isHead);
  });

/** An HTTP/1.1 GET request with Connection: close. */
export const get = (target: string, extra = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${extra}Connection: close\r\n\r\n`;
