// A worker that answers as it should not: with the answer of lies.mjs that the query's lie=NAME names, after which it hangs
// up if there is end=1. Else it answers with word=WORD. `liar.mjs eager` answers each connection before a request
// comes; `liar.mjs list` prints the names.
import { createServer } from 'node:net';
import { LATER, LIES, own } from './lies.mjs';

/** nginx has read the first answer long before, ms. */
const LATER_MS = 40;

function lieTo(socket, lie, word, ends) {
  const stolen = own(`stolen-${word}`);
  if (lie === LATER) setTimeout(() => socket.write(stolen), LATER_MS);
  socket.write(LIES[lie](stolen));
  if (ends) socket.end();
}

function answer(socket, target) {
  const query = new URL(target, 'http://localhost').searchParams;
  const [lie, word] = [query.get('lie'), query.get('word') ?? ''];
  if (lie) lieTo(socket, lie, word, query.has('end'));
  else socket.write(own(`told-${word}`));
}

const server = createServer(socket => {
  let text = '';
  socket.on('error', () => {});
  if (process.argv[2] === 'eager') socket.write(own('stolen-early'));
  socket.on('data', piece => {
    text += piece;
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      answer(socket, text.split(' ')[1]);
      text = text.slice(end + 4);
    }
  });
});

if (process.argv[2] === 'list') console.log(JSON.stringify(Object.keys(LIES)));
else server.listen(Number(process.env.PORT), '127.0.0.1');
