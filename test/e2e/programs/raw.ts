import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

/*
 * Sends requests to nginx as they are written, each on a connection of its own, and after each one a plain GET. Prints
 * what came back. The bytes of a text are its characters.
 */

/** An attack, and the path of the GET after it. */
export interface Sent {
  attack: string;
  path: string;
}

export interface Received {
  attack: string;
  victim: string;
}

/** So long after the last byte an answer is over, and a request that waits for more is given up, ms. */
const QUIET_MS = 80;
/** The longest wait for a first byte, ms. */
const PATIENCE_MS = 300;

/** Sends a text; returns all that comes back until nginx closes, or says nothing more. */
async function exchange(sent: string, patienceMs = PATIENCE_MS): Promise<string> {
  const socket = connect({ port: 80, host: '127.0.0.1' });
  let [back, last, isClosed] = ['', performance.now() + patienceMs - QUIET_MS, false];
  socket.setEncoding('latin1').on('data', piece => {
    back += piece;
    last = performance.now();
  });
  socket.on('error', () => {});
  const closed = new Promise<void>(resolve => socket.on('close', () => resolve()));
  void closed.then(() => {
    isClosed = true;
  });
  socket.write(Buffer.from(sent, 'latin1'));
  while (!isClosed && performance.now() - last < QUIET_MS) await Promise.race([closed, setTimeout(10)]);
  socket.destroy();
  return back;
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

async function receive({ attack, path }: Sent): Promise<Received> {
  return { attack: await exchange(attack), victim: await exchange(get(path), 5000) };
}

/** One after the other in each list: the connection that nginx keeps is then the same. */
async function inTurn(list: readonly Sent[]): Promise<Received[]> {
  const found: Received[] = [];
  for (const one of list) found.push(await receive(one));
  return found;
}

const lists = JSON.parse(await text(process.stdin)) as Sent[][];
console.log(JSON.stringify(await Promise.all(lists.map(inTurn))));
