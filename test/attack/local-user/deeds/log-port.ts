import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { type Deed, hold, type Mallory } from '../mallory.ts';

/** By default: where nginx reports its generation, and its requests. */
const [CONTROL, LOG] = [298, 299];

/** Lines as nginx writes them, but for the secret. */
function lines({ dice }: Mallory): string[] {
  const tag = dice.pick(['cgipool', 'cgipool_', `cgipool_${'0'.repeat(24)}`, 'x'.repeat(60_000)]);
  const line = `<190>Nov 24 20:00:00 ${tag}: 127.0.0.1:8030\t200\t99.000\tGET\t/timed?forged`;
  return [line, line.slice(0, 30), '\0'.repeat(1000), `${line}\n${line}`];
}

/** Binds the port for a moment, by every means that he has; tells if it works. */
function bind(host: string, reuseAddr: boolean, { loot }: Mallory): Promise<void> {
  return new Promise(resolve => {
    const type = host.includes(':') ? 'udp6' : 'udp4';
    const socket = createSocket({ type, reuseAddr, ipv6Only: false });
    socket.on('error', () => resolve());
    socket.bind({ port: LOG, address: host, exclusive: false }, () => {
      loot.breach(`bound UDP ${host}:${LOG}`);
      socket.close(() => resolve());
    });
  });
}

function listen(port: number, { loot }: Mallory): Promise<void> {
  return new Promise(resolve => {
    const server = createServer()
      .on('error', () => resolve())
      .listen(port, '127.0.0.1', () => {
        loot.breach(`listened on TCP ${port}`);
        server.close(() => resolve());
      });
  });
}

/** Floods the port to which nginx logs with forged lines, and tries to get it, and nginx's own. */
export const logPort: Deed = async mallory => {
  for (const host of ['127.0.0.1', '0.0.0.0', '::', '::ffff:127.0.0.1'])
    for (const reuse of [true, false]) await bind(host, reuse, mallory);
  for (const port of [80, CONTROL]) await listen(port, mallory);
  const socket = createSocket('udp4').on('error', () => {});
  const forged = lines(mallory);
  for (let wave = 0; wave < 20; wave++) {
    for (let i = 0; i < 100; i++) socket.send(forged[i % forged.length] ?? '', LOG, '127.0.0.1');
    await hold(20, mallory);
  }
  socket.close();
};
