import type { PoolDescription } from '../../../src/cli/describe/report.ts';

export const NO_LIMITS = {
  memoryMax: null,
  memoryHigh: null,
  tasksMax: null,
  cpuQuota: null,
  openFiles: null,
};

/** What there is to say of a pool without instances. */
export const description = (more: Partial<PoolDescription> = {}): PoolDescription => ({
  ...{ version: 1, pool: 'a', description: 'The a', file: '/etc/cgipool/a.pool', protocol: 'http' },
  ...{ location: '/a', stream: null, state: 'ok', min: 1, max: 2, slots: '8000-8001' },
  ...{ endpoints: ['127.0.0.1:8000'], unit: 'cgipool-a@8000.service', process: null, command: ['/bin/sh'] },
  ...{
    user: 'cgipool-a',
    dynamicUser: true,
    environment: [],
    credentials: [],
    limits: NO_LIMITS,
    poolLimits: NO_LIMITS,
  },
  ...{ instances: [], units: ['cgipool-a@.service'], logs: ['cgipool logs a'], notes: [] },
  ...more,
});
