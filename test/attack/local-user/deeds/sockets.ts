import { readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { type Deed, type Mallory, some } from '../mallory.ts';

const ROOM = '/run/cgipool';

/** Where sockets are, or may be. */
function paths(): string[] {
  const named = ['tcp', 'held', 'sock', 'jobs', 'sleepy', 'cgi'].flatMap(pool =>
    [1, 2, 3, 4].map(slot => `${ROOM}/${pool}/${slot}/sock`),
  );
  return [...named, ...readdirSync(ROOM).map(name => `${ROOM}/${name}`)];
}

function dial(path: string, { loot }: Mallory): Promise<void> {
  return new Promise(resolve => {
    const socket = connect(path, () => {
      loot.breach(`connected to ${path}`);
      socket.destroy();
    });
    socket.on('error', () => {}).on('close', () => resolve());
  });
}

function listen(path: string, { loot }: Mallory): Promise<void> {
  return new Promise(resolve => {
    const server = createServer()
      .on('error', () => resolve())
      .listen(path, () => {
        loot.breach(`listened on ${path}`);
        server.close(() => resolve());
      });
  });
}

/** Dials socket files of workers and wake sockets, and tries to make some. */
export const sockets: Deed = async mallory => {
  const all = some(mallory.dice, paths(), 100);
  await Promise.all(all.map(path => dial(path, mallory)));
  for (const path of [`${ROOM}/x`, `${ROOM}/sock/1/sock`, `${ROOM}/sleepy.wake`, '/run/cgipool-controller/x'])
    await listen(path, mallory);
};
