import { createServer, type Server, type Socket } from 'node:net';
import { type Deed, hold, type Mallory, servingPorts, some } from '../mallory.ts';
import { STRANGER } from '../stranger.ts';

/** What he does with a connection that comes. */
const MANNERS: Record<string, (client: Socket) => void> = {
  answer: client =>
    client.end(
      `HTTP/1.1 200 OK\r\nContent-Length: ${STRANGER.length}\r\nConnection: close\r\n\r\n${STRANGER}`,
    ),
  close: client => client.destroy(),
  garbage: client => client.end('\0\x01 no HTTP\r\n\r\n'),
  hold: () => {},
};
const HOSTS = ['127.0.0.1', '127.0.0.1', '127.0.0.1', '0.0.0.0', '::', '::1', '127.0.0.2'];
const FREE_PORTS = [8000, 8001, 8002, 8003, 8004, 8005, 8006, 8007, 8008, 8009, 8021, 8023, 8033, 8035];
/** Of the ten ports of the pool: the others remain for its instances. */
const MAX_TAKEN = 4;
const RETRY_MS = 3;

interface Squat {
  host: string;
  port: number;
  manner: string;
  /** ms */
  waits: number;
  stays: number;
}

/** Listens as soon as nobody else does; null if somebody does all the time. */
async function listenSoon({ host, port, waits }: Squat, server: Server, mallory: Mallory): Promise<boolean> {
  for (const end = performance.now() + waits; performance.now() < end && !mallory.end.aborted; ) {
    const listens = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false));
      server.listen({ host, port }, () => resolve(true));
    });
    for (const event of ['error', 'listening']) server.removeAllListeners(event);
    if (listens) return true;
    await hold(RETRY_MS, mallory);
  }
  return false;
}

async function squatOn(squat: Squat, mallory: Mallory): Promise<void> {
  const clients = new Set<Socket>();
  const server = createServer(client => {
    clients.add(client.on('error', () => {}).on('close', () => clients.delete(client)));
    client.once('data', request => {
      if (String(request).includes('secret=')) mallory.loot.steal(squat.port, String(request));
      MANNERS[squat.manner]?.(client);
    });
  });
  if (await listenSoon(squat, server, mallory)) {
    if (squat.host !== '127.0.0.2') mallory.loot.take(squat.port);
    await hold(squat.stays, mallory);
  }
  server.close();
  for (const client of clients) client.destroy();
}

/** Waits for ports of workers that may die, and for free ones that the next may be started on. */
export const squat: Deed = async mallory => {
  const { dice, taken } = mallory;
  const wanted = [...some(dice, servingPorts('tcp'), 2), ...some(dice, FREE_PORTS, 1)];
  const ports = [...new Set(wanted)].filter(port => !taken.has(port)).slice(0, MAX_TAKEN - taken.size);
  for (const port of ports) taken.add(port);
  const squats = ports.map(port => ({
    port,
    host: dice.pick(HOSTS) ?? '',
    manner: dice.pick(Object.keys(MANNERS)) ?? '',
    waits: dice.between(3_000, 10_000),
    stays: dice.between(500, 5_000),
  }));
  await Promise.all(squats.map(each => squatOn(each, mallory)));
  for (const port of ports) taken.delete(port);
};
