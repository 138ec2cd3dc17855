import type { Pool } from '../../src/model/pool.ts';
import { pool, scale } from '../plan/pools.ts';

const usual = pool();
const slotsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

/** Pools that differ in how they listen, are probed, scaled, replaced and balanced. */
export const POOLS: readonly Pool[] = [
  pool({ name: 'search', recycling: { maxAge: 90_000, maxMemory: null, maxRequests: null } }),
  pool({
    name: 'auth',
    slots: [8100, 8101],
    min: 1,
    max: 2,
    scale: scale({ cpu: null, concurrency: 4 }),
    health: { ...usual.health, requestTimeout: 20_000 },
  }),
  pool({
    name: 'idle',
    slots: [8400, 8401, 8402, 8403],
    min: 0,
    max: 3,
    scale: scale({ cpu: null, requests: 10, idleTimeout: 20_000 }),
  }),
  pool({
    name: 'held',
    slots: [8500, 8501, 8502],
    min: 2,
    max: 3,
    activated: true,
    scale: scale({ cpu: null, latency: { quantile: 0.95, target: 50 } }),
  }),
  pool({
    name: 'tight',
    slots: [8200, 8201, 8202],
    min: 3,
    max: 3,
    nginx: { ...usual.nginx, weight: 'auto' },
  }),
  pool({
    name: 'wide',
    slots: slotsFrom(8300, 13),
    min: 4,
    max: 9,
    rollout: { surge: 3, batch: 2 },
    scale: scale({ stepUp: { instances: 2 }, stepDown: { share: 0.25 } }),
    nginx: { ...usual.nginx, backup: [8311, 8312] },
  }),
  pool({
    name: 'files',
    listen: 'unix',
    slots: [1, 2, 3, 4, 5, 6],
    min: 1,
    max: 4,
    scale: scale({ cpu: null, spare: 1 }),
    schedules: [{ name: 'rush', onCalendar: '*-*-* 08:00', duration: 3_600_000, min: 3, max: 5, line: 9 }],
  }),
  pool({
    name: 'jobs',
    slots: slotsFrom(8600, 5),
    min: 1,
    max: 4,
    scale: scale({ cpu: null, external: 10, metric: { kind: 'file', path: '/run/queue' } }),
    health: { ...usual.health, probe: 'none' },
    nginx: { ...usual.nginx, location: null },
    unit: [{ key: 'Requires', value: 'db.service', line: 3 }],
  }),
];
