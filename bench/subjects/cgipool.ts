import { writeFileSync } from 'node:fs';
import type { PoolStatus, Status } from '../../src/plan/status/report.ts';
import { ask } from '../load.ts';
import { numbers, sh, until } from '../shell.ts';
import type { Subject } from '../subject.ts';
import { installWorker, workerOf, workersOf } from './folder.ts';

interface Keys {
  min: number;
  max: number;
  health: string;
  scale: string;
  /** A changed value is a new version of the workers. */
  version: number;
}

const KEYS: Keys = { min: 4, max: 200, health: '', scale: 'CPU=none', version: 1 };

/** Through nginx: running the program for each query would be a load of its own. */
const status = async (pool: string): Promise<PoolStatus | undefined> =>
  (JSON.parse((await ask('http://127.0.0.1/pool-status')) ?? '{"pools": []}') as Status).pools.find(
    found => found.name === pool,
  );

/** Waits for a state of the pool; a minute is longer than anything here takes. */
async function awaitPool(name: string, holds: (pool: PoolStatus) => boolean): Promise<void> {
  const isSo = async (): Promise<boolean> => {
    const found = await status(name).catch(() => undefined);
    return found !== undefined && holds(found);
  };
  if ((await until(isSo, 60_000, 50)) === null)
    throw new Error(
      `the pool never reaches the expected state: ${await sh(`cgipool status; cgipool why ${name}`)}`,
    );
}

const isServing = ({ desired, instances }: PoolStatus): boolean =>
  instances.length === desired && instances.every(i => i.published && i.state === 'healthy' && !i.stale);

interface Kind {
  name: string;
  about: string;
  pool: string;
  first: number;
  health: string;
  not: Subject['not'];
}

function pools({ name, about, pool, first, health, not }: Kind): Subject {
  let version = KEYS.version;
  const install = async (change: Partial<Keys>): Promise<void> => {
    const keys = { ...KEYS, health, version, ...change };
    const text = `[Pool]
Exec=${workerOf(name)} %i
Ports=${first}-${first + 209}
Min=${keys.min}
Max=${keys.max}
[Health]
${keys.health}
[Scale]
${keys.scale}
[Nginx]
Location=/${pool}
[Service]
Environment=VERSION=${keys.version}
`;
    writeFileSync(`/etc/cgipool/${pool}.pool`, text);
    await sh('cgipool install');
  };
  return {
    name,
    about,
    url: `http://127.0.0.1/${pool}?delay=5`,
    not,
    first,
    onSystemd: true,
    heals: 9000,
    async prepare() {
      await installWorker(name);
      await sh('mkdir -p /etc/cgipool; command -v cgipool >/dev/null || ./install.sh --no-samples');
      await install({});
      await awaitPool(pool, isServing);
      await this.stop();
    },
    // cgipool publishes them to nginx
    layOut: async () => {},
    async start(count) {
      await sh(`cgipool scale ${pool} ${count} && cgipool start ${pool}`);
    },
    async stop() {
      await sh(`cgipool stop ${pool}`);
      await awaitPool(pool, ({ instances }) => instances.length === 0);
    },
    workers: () => workersOf(name),
    managers: async () => numbers(await sh('systemctl show -P MainPID cgipool.service')),
    async renew() {
      await sh('systemctl restart cgipool.service');
    },
    async restart() {
      await sh(`cgipool restart ${pool}`);
    },
    async deploy() {
      version++;
      await install({});
    },
    async settled() {
      const found = await status(pool);
      return found !== undefined && isServing(found);
    },
    async startElastic(min, max) {
      await install({ min, max, scale: 'CPU=none\nConcurrency=1\nWindow=5s' });
      await sh(`cgipool scale ${pool} auto && cgipool start ${pool}`);
    },
  };
}

export const cgipool = pools({
  name: 'cgipool',
  about: 'As it installs itself, the C worker: a probe every 2 s, Fall=3, RestartSec=0, the default sandbox',
  pool: 'bench',
  first: 8000,
  health: '',
  not: {},
});

const ALIKE = 'as cgipool: only its probes differ';

export const swift = pools({
  name: 'cgipool, 200 ms',
  about: 'The same with Interval=200ms and Timeout=200ms',
  pool: 'swift',
  first: 8400,
  health: 'Interval=200ms\nTimeout=200ms',
  not: { kills: ALIKE, spawn: ALIKE, steady: ALIKE, roll: ALIKE, step: ALIKE },
});
