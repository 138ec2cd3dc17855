import { healthKeys } from './health-keys.ts';
import { nginxKeys } from './nginx-keys.ts';
import { poolKeys } from './pool-keys.ts';
import { scaleKeys, scheduleKeys } from './scale-keys.ts';

/** The sections whose keys are cgipool's own. */
export const sections = {
  Pool: poolKeys,
  Health: healthKeys,
  Scale: scaleKeys,
  'Schedule NAME': scheduleKeys,
  Nginx: nginxKeys,
};

/** The sections that are copied into units as they are, and the keys there that cgipool must own, with the cure. */
export const passThrough: Record<'Service' | 'Unit' | 'Slice', Record<string, string>> = {
  Service: {
    ExecStart: 'use Exec= in [Pool]',
    Slice: 'each pool has a slice of its own: use [Slice] for its limits',
    BusName: 'a worker is no D-Bus service',
    PIDFile: 'workers do not fork into the background: use Type=exec or notify',
  },
  Unit: {},
  Slice: {},
};
