import { mkdirSync, writeFileSync } from 'node:fs';
import { childrenOf, isAlive, named } from '../processes.ts';
import { sh, trySh, until } from '../shell.ts';
import { ports, putSite } from '../site.ts';
import type { Subject } from '../subject.ts';
import { folderOf, installWorker, workerOf } from './folder.ts';

/** Where PM2 is installed: a cache on the host. */
export const PM2_FOLDER = '/var/cache/cgipool-bench';

const [FORK, CLUSTER] = [13_000, 14_000];

interface Kind {
  name: string;
  about: string;
  port: number;
  /** The apps for PM2 to start. */
  apps: (count: number) => object[];
  endpoints: (count: number) => string[];
  most?: NonNullable<Subject['most']>;
}

function pm2({ name, about, port, apps, endpoints, most }: Kind): Subject {
  const home = folderOf(`${name}-home`);
  const run = (command: string): string =>
    `PM2_HOME=${home} PM2_DISABLE_VERSION_CHECK=1 ${PM2_FOLDER}/node_modules/.bin/pm2 ${command} --silent`;
  const daemon = (): number[] => named(`God Daemon (${home})`).filter(isAlive);
  const workers = async (): Promise<number[]> => childrenOf(daemon());
  return {
    name,
    about,
    url: `http://127.0.0.1:${port}/?delay=5`,
    not: { step: 'it does not scale' },
    first: endpoints(2).length > 1 ? FORK : null,
    ...(most ? { most } : {}),
    async prepare() {
      await installWorker(name);
      mkdirSync(home, { recursive: true });
      await sh(run('ping'));
    },
    layOut: count => putSite({ name, port, endpoints: endpoints(count) }),
    async start(count) {
      writeFileSync(`${home}/apps.json`, JSON.stringify({ apps: apps(count) }));
      await sh(run(`start ${home}/apps.json`));
    },
    async stop() {
      await trySh(run('delete all'));
      await until(async () => (await workers()).length === 0, 10_000, 20);
    },
    workers,
    managers: async () => daemon(),
    async restart() {
      await sh(run('reload all'));
    },
  };
}

export const pm2Fork = pm2({
  name: 'pm2-fork',
  about: 'PM2 in fork mode, the C worker; a static upstream with the defaults of nginx',
  port: 9004,
  apps: count =>
    Array.from({ length: count }, (_, i) => ({
      name: `w${i}`,
      script: workerOf('pm2-fork'),
      interpreter: 'none',
      args: String(FORK + i),
    })),
  endpoints: count => ports(FORK, count),
});

export const pm2Cluster = pm2({
  name: 'pm2-cluster',
  about:
    'PM2 in cluster mode, which runs Node programs only: a Node worker that sleeps as long as the C worker does',
  port: 9005,
  apps: count => [
    {
      name: 'w',
      script: `${process.cwd()}/bench/subjects/pm2-worker.cjs`,
      instances: count,
      exec_mode: 'cluster',
      env: { PORT: CLUSTER },
    },
  ],
  endpoints: () => ports(CLUSTER, 1),
  most: { count: 50, why: 'each of its workers is a Node process of 40 MB' },
});
