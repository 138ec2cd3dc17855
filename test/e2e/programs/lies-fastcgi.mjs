// What a lying FastCGI worker answers, by name; a text of one character a byte.

/** A record of FastCGI: type 6 is output, 7 errors, 3 the end of a request. */
const record = (type, content, { id = 1, version = 1, length = content.length, padding = 0 } = {}) =>
  String.fromCharCode(version, type, 0, id, length >> 8, length & 0xff, padding, 0) + content;

const END = record(3, '\0'.repeat(8));

const out = text => record(6, text);

const say = text => `Content-Type: text/plain\r\n\r\n${text}`;

/** An answer with these header lines; the rest is as it should be. */
const head = (lines, text) => out(`${lines}\r\n\r\n${text}`) + out('') + END;

/** A true answer. */
export const own = text => head(`Content-Type: text/plain\r\nContent-Length: ${text.length}`, text);

const HTTP = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen';

/** `stolen` is an answer that nobody asked for. */
export const LIES = {
  'an answer after the end': stolen => own('told') + stolen,
  'output after the end': () => own('told') + out(say('stolen')),
  'two ends': () => own('told') + END,
  'an end before the output': () => END + out(say('told')),
  'no end': () => out(say('told')),
  'output of another request': () => record(6, say('stolen'), { id: 2 }) + own('told'),
  'an end of another request': stolen => record(3, '\0'.repeat(8), { id: 2 }) + own('told') + stolen,
  'a short end': () => out(say('told')) + record(3, ''),
  'a record longer than said': stolen => record(6, say('told'), { length: 30 }) + stolen,
  'a record shorter than said': stolen => record(6, say('told'), { length: 300 }) + END + stolen,
  'padding that goes on': stolen => record(6, say('told'), { padding: 200 }) + END + stolen,
  'another version': stolen => record(6, say('told'), { version: 2 }) + END + stolen,
  'an unknown type': stolen => record(11, say('told')) + stolen,
  'a short length': () => head('Content-Length: 4', `told${HTTP}`),
  'a length of nothing': () => head('Content-Length: 0', HTTP),
  'a long length': () => head('Content-Length: 400', `told${HTTP}`),
  'two lengths': () => head('Content-Length: 4\r\nContent-Length: 400', `told${HTTP}`),
  'a signed length': () => head('Content-Length: +4', `told${HTTP}`),
  'a coding': () => head('Transfer-Encoding: chunked', `0\r\n\r\n${HTTP}`),
  'an interim answer': () => head('Status: 100 Continue', HTTP),
  'an interim answer with a length': () => head('Status: 100 Continue\r\nContent-Length: 0', HTTP),
  'early hints': () => head('Status: 103 Early Hints', `${HTTP}${HTTP}`),
  'a switch of protocols': () => head('Status: 101 Switching Protocols\r\nUpgrade: x', HTTP),
  'no content with content': () => head('Status: 204 No Content', HTTP),
  'a status of four digits': () => head('Status: 2000 OK', HTTP),
  'a status of words': () => head('Status: OK', HTTP),
  'a status line': () => head('HTTP/1.1 200 OK\r\nContent-Length: 4', `told${HTTP}`),
  'no header lines': () => out(HTTP) + END,
  'a value with CR': () => head('X: y\rContent-Length: 0', HTTP),
};
