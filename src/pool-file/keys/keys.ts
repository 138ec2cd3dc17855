import { healthKeys } from './health-keys.ts';
import { nginxKeys } from './nginx-keys.ts';
import { poolKeys } from './pool-keys.ts';
import { scaleKeys, scheduleKeys } from './scale-keys.ts';

/** The sections with cgipool's own keys. */
export const sections = {
  Pool: poolKeys,
  Health: healthKeys,
  Scale: scaleKeys,
  'Schedule NAME': scheduleKeys,
  Nginx: nginxKeys,
};

/** The sections that are copied into units unchanged, and the keys that cgipool sets there itself, with what to do instead. */
export const passThrough: Record<'Service' | 'Unit' | 'Slice', Record<string, string>> = {
  Service: {
    ExecStart: 'use Exec= in [Pool]',
    Slice: 'each pool has its own slice: set its limits in [Slice]',
    BusName: 'workers are not D-Bus services',
    PIDFile: 'workers stay in the foreground: use Type=exec or Type=notify',
  },
  Unit: {},
  Slice: {},
};
