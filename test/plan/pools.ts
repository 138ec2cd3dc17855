import type { InstalledPool } from '../../src/pool/installed.ts';
import type { Pool } from '../../src/pool/pool.ts';

/** [Scale] as a file without one has it. */
export const scale = (change: Partial<Pool['scale']> = {}): Pool['scale'] => ({
  cpu: 0.7,
  concurrency: null,
  requests: null,
  latency: null,
  queue: null,
  external: null,
  metric: null,
  spare: 0,
  tolerance: 0.1,
  window: 60_000,
  stableWindow: 10_000,
  panicWindow: 5_000,
  stepUp: null,
  stepDown: null,
  idleTimeout: 300_000,
  ...change,
});

/** A pool as a file of a few lines makes it. */
export const pool = (change: Partial<Pool> = {}): Pool => ({
  name: 'search',
  description: 'Search workers',
  exec: '/bin/search %i',
  listen: 'tcp',
  slots: [8000, 8001, 8002, 8003, 8004],
  min: 2,
  max: 4,
  drainTimeout: 30_000,
  rollout: { surge: 1, batch: 1 },
  recycling: { maxAge: null, maxMemory: null, maxRequests: null },
  health: {
    probe: 'http',
    command: '',
    path: '/',
    host: 'localhost',
    status: { least: 200, most: 399 },
    interval: 2000,
    timeout: 500,
    rise: 2,
    fall: 3,
    restartAfter: 4,
    startTimeout: 10_000,
    body: null,
    restarts: 1,
    requestTimeout: null,
  },
  scale: scale(),
  schedules: [],
  nginx: {
    location: '/api/search',
    balance: { method: 'least_conn' },
    connectTimeout: 1000,
    readTimeout: 30_000,
    idempotent: false,
    maxBody: 1 << 20,
    slowLog: null,
  },
  service: [],
  unit: [],
  slice: [],
  ...change,
});

export const installed = (...pools: Pool[]): { pools: InstalledPool[] } => ({
  pools: pools.map(p => ({ pool: p, changedAt: 0, retired: [], source: '', previous: null })),
});
