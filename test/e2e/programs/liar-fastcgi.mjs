// liar.mjs in FastCGI, with the answers of lies-fastcgi.mjs.
import { createServer } from 'node:net';
import { LIES, own } from './lies-fastcgi.mjs';

/** A length of one byte, or of four with the highest bit set, and the offset after it. */
function lengthAt(bytes, at) {
  return bytes[at] < 128 ? [bytes[at], at + 1] : [bytes.readUInt32BE(at) & 0x7fffffff, at + 4];
}

/** The value of a parameter. */
function parameter(bytes, wanted) {
  for (let at = 0; at < bytes.length; ) {
    const [name, afterName] = lengthAt(bytes, at);
    const [value, from] = lengthAt(bytes, afterName);
    at = from + name + value;
    if (bytes.toString('latin1', from, from + name) === wanted)
      return bytes.toString('latin1', from + name, at);
  }
  return '';
}

function answer(socket, parameters) {
  const query = new URLSearchParams(parameter(parameters, 'QUERY_STRING'));
  const [lie, word] = [query.get('lie'), query.get('word') ?? ''];
  const text = lie ? LIES[lie](own(`stolen-${word}`)) : own(`told-${word}`);
  socket.write(Buffer.from(text, 'latin1'));
  if (query.has('end')) socket.end();
}

/** Takes whole records off the front; returns the rest. Type 4 has parameters, an empty 5 ends a request. */
function take(socket, bytes, request) {
  if (bytes.length < 8) return bytes;
  const [, type] = bytes;
  const end = 8 + bytes.readUInt16BE(4);
  const next = end + bytes[6];
  if (bytes.length < next) return bytes;
  if (type === 4) request.parameters = Buffer.concat([request.parameters, bytes.subarray(8, end)]);
  if (type === 5 && end === 8) {
    answer(socket, request.parameters);
    request.parameters = Buffer.alloc(0);
  }
  return take(socket, bytes.subarray(next), request);
}

const server = createServer(socket => {
  const request = { parameters: Buffer.alloc(0) };
  let bytes = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', piece => {
    bytes = take(socket, Buffer.concat([bytes, piece]), request);
  });
});

if (process.argv[2] === 'list') console.log(JSON.stringify(Object.keys(LIES)));
else server.listen(Number(process.env.PORT), '127.0.0.1');
