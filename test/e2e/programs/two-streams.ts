import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';

/*
 * Sends pairs of GETs as two streams of one HTTP/2 connection to nginx, the second as soon as the first is sent. Prints the bodies of
 * the second, or the code of what went wrong.
 */

export type Pair = readonly [first: string, second: string];

async function bodyOfSecond([first, second]: Pair): Promise<string> {
  const session = connect('https://127.0.0.1', { rejectUnauthorized: false });
  session.on('error', () => {});
  session
    .request({ ':path': first, ':authority': 'localhost' })
    .on('error', () => {})
    .resume();
  const stream = session.request({ ':path': second, ':authority': 'localhost' });
  const body = await text(stream).catch((error: NodeJS.ErrnoException) => String(error.code));
  session.destroy();
  return body;
}

const pairs = JSON.parse(await text(process.stdin)) as Pair[];
const bodies: string[] = [];
for (const pair of pairs) bodies.push(await bodyOfSecond(pair));
console.log(JSON.stringify(bodies));
