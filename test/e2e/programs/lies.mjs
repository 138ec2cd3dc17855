// What a lying worker answers, by name.

/** A true answer. */
export const own = text => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

/** An answer with these header lines. */
const head = (lines, body, status = '200 OK') => `HTTP/1.1 ${status}\r\n${lines}\r\n\r\n${body}`;

const chunked = (body, more = '') => head(`Transfer-Encoding: chunked${more}`, body);

/** This one is told again once nginx has the connection back. */
export const LATER = 'a second answer later';

/** `stolen` is an answer that nobody asked for. */
export const LIES = {
  'a body longer than said': stolen => head('Content-Length: 4', `told${stolen}`),
  'a body of nothing': stolen => head('Content-Length: 0', stolen),
  'two answers': stolen => own('told') + stolen,
  'two lengths': stolen => head('Content-Length: 4\r\nContent-Length: 400', `told${stolen}`),
  'a length and chunks': stolen =>
    head('Content-Length: 4\r\nTransfer-Encoding: chunked', `4\r\ntold\r\n0\r\n\r\n${stolen}`),
  'chunks and a length': stolen => chunked(`0\r\n\r\n${stolen}`, '\r\nContent-Length: 400'),
  'a signed length': stolen => head('Content-Length: +4', `told${stolen}`),
  'a negative length': stolen => head('Content-Length: -1', `told${stolen}`),
  'a listed length': stolen => head('Content-Length: 4, 4', `told${stolen}`),
  'an empty length': stolen => head('Content-Length:', stolen),
  'chunks and more': stolen => chunked(`4\r\ntold\r\n0\r\n\r\n${stolen}`),
  'chunks twice': stolen => chunked(`4\r\ntold\r\n0\r\n\r\n${stolen}`, '\r\nTransfer-Encoding: chunked'),
  'an unknown coding': stolen => head('Transfer-Encoding: xchunked', `4\r\ntold\r\n0\r\n\r\n${stolen}`),
  'identity, chunked': stolen =>
    head('Transfer-Encoding: identity, chunked', `4\r\ntold\r\n0\r\n\r\n${stolen}`),
  'a broken chunk': stolen => chunked(`4\r\ntoldx\r\n0\r\n\r\n${stolen}`),
  'a huge chunk': stolen => chunked(`ffffffffffffffff\r\ntold\r\n0\r\n\r\n${stolen}`),
  'an answer as trailers': stolen => chunked(`4\r\ntold\r\n0\r\n${stolen}`),
  'no content with content': stolen => head('Content-Length: 4', `told${stolen}`, '204 No Content'),
  'no content in chunks': stolen =>
    head('Transfer-Encoding: chunked', `4\r\ntold\r\n0\r\n\r\n${stolen}`, '204 No Content'),
  'not modified with content': stolen => head('Content-Length: 4', `told${stolen}`, '304 Not Modified'),
  'reset with content': stolen => head('Content-Length: 4', `told${stolen}`, '205 Reset Content'),
  'an interim answer': stolen => `HTTP/1.1 100 Continue\r\n\r\n${stolen}`,
  'an interim answer alone': () => 'HTTP/1.1 100 Continue\r\n\r\n',
  'an interim answer with a length': stolen => head('Content-Length: 0', stolen, '100 Continue'),
  'an interim answer in chunks': stolen =>
    head('Transfer-Encoding: chunked', `0\r\n\r\n${stolen}`, '102 Processing'),
  'early hints': stolen => head('Link: </x>', stolen, '103 Early Hints'),
  'early hints with a length': stolen => head('Content-Length: 0', stolen, '103 Early Hints'),
  'many interim answers': stolen => 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(500) + stolen,
  'a switch of protocols': stolen =>
    head('Upgrade: x\r\nConnection: Upgrade', stolen, '101 Switching Protocols'),
  'a switch with a length': stolen => head('Content-Length: 0', stolen, '101 Switching Protocols'),
  'no status': stolen => `told${stolen}`,
  'a status of two digits': stolen => head('Content-Length: 4', `told${stolen}`, '20 OK'),
  'a status of four digits': stolen => head('Content-Length: 4', `told${stolen}`, '2000 OK'),
  'an empty line first': stolen => `\r\n${own('told')}${stolen}`,
  'status 000': stolen => head('Content-Length: 0', stolen, '000 X'),
  'status 199': stolen => head('Content-Length: 0', stolen, '199 X'),
  'HTTP/1.0 that stays': stolen =>
    `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\ntold${stolen}`,
  'HTTP/9.9': stolen => `HTTP/9.9 200 OK\r\nContent-Length: 4\r\n\r\ntold${stolen}`,
  'a value with CR': stolen => head('X: y\rContent-Length: 0', stolen),
  'a value with LF': stolen => head('X: y\nContent-Length: 0', stolen),
  'a value with NUL': stolen => head('X: y\0\r\nContent-Length: 0', stolen),
  'an empty line of LF': stolen => `HTTP/1.1 200 OK\nContent-Length: 4\n\ntold${stolen}`,
  'a folded length': stolen => head('Content-Length:\r\n 4', `told${stolen}`),
  'a space before the colon': stolen => head('Content-Length : 4', `told${stolen}`),
  [LATER]: () => own('told'),
};
