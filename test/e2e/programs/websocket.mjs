// Opens a WebSocket at URL, sends each further argument as one frame when the one before came back, prints what comes.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';

const [url, ...texts] = process.argv.slice(2);

/** One masked text frame of less than 126 bytes (RFC 6455, 5.2). */
function frame(text) {
  const mask = randomBytes(4);
  const masked = Buffer.from(text).map((byte, i) => byte ^ mask[i % 4]);
  return Buffer.concat([Buffer.from([0x81, 0x80 | masked.length]), mask, masked]);
}

const headers = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
};
const asked = request(url, { headers });
asked.on('response', answer => {
  console.error(`no upgrade: ${answer.statusCode}`);
  process.exit(1);
});
asked.on('upgrade', (answer, socket) => {
  console.log(answer.statusCode);
  const next = () => {
    const text = texts.shift();
    if (text === undefined) socket.destroy();
    else socket.write(frame(text));
  };
  socket.on('data', data => {
    console.log(data.subarray(2).toString());
    next();
  });
  next();
});
asked.end();
