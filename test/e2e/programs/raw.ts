import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

/*
 * Sends requests to nginx as they are written, each on a connection of its own, and after each one plain GETs. Prints
 * what came back. The bytes of a text are its characters.
 */

/** An attack, and the paths of the GETs after it. */
export interface Sent {
  attack: string;
  /** Over TLS, as HTTP/2. */
  isTls?: boolean;
  /** So long after its last byte the answer is over, ms. */
  quietMs?: number;
  paths: string[];
}

export interface Received {
  attack: string;
  victims: string[];
}

/** So long after the last byte an answer is over, unless the request says otherwise, ms. */
const QUIET_MS = 80;
/** The longest wait for a first byte, ms; then a request that waits for more is given up. */
const PATIENCE_MS = 300;

const HOST = '127.0.0.1';

const dial = (isTls: boolean) =>
  isTls
    ? connectTls({ port: 443, host: HOST, ALPNProtocols: ['h2'], rejectUnauthorized: false })
    : connect({ port: 80, host: HOST });

/** Sends a text; returns all that comes back until nginx closes, or says nothing more. */
async function exchange(
  { attack, isTls = false, quietMs = QUIET_MS }: Sent,
  patienceMs: number,
): Promise<string> {
  const socket = dial(isTls);
  let [back, last, isClosed] = ['', performance.now() + patienceMs - quietMs, false];
  socket.setEncoding('latin1').on('data', piece => {
    back += piece;
    last = performance.now();
  });
  socket.on('error', () => {});
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()));
  void closed.then(() => {
    isClosed = true;
  });
  socket.write(Buffer.from(attack, 'latin1'));
  while (!isClosed && performance.now() - last < quietMs) await Promise.race([closed, setTimeout(10)]);
  socket.destroy();
  return back;
}

/** The longest wait for the answer to a GET, ms. */
const GET_MS = 5000;

const get = (path: string): Sent => ({
  attack: `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  paths: [],
});

/** One after the other: the connection that nginx keeps is then the same. */
async function inTurn<T, R>(list: readonly T[], each: (one: T) => Promise<R>): Promise<R[]> {
  const found: R[] = [];
  for (const one of list) found.push(await each(one));
  return found;
}

const receive = async (sent: Sent): Promise<Received> => ({
  attack: await exchange(sent, PATIENCE_MS),
  victims: await inTurn(sent.paths, path => exchange(get(path), GET_MS)),
});

const lists = JSON.parse(await text(process.stdin)) as Sent[][];
console.log(JSON.stringify(await Promise.all(lists.map(list => inTurn(list, receive)))));
