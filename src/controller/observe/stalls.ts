import { stalledUsec } from '../../host/kernel/cgroup.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import { unitName } from '../../model/names.ts';
import type { LoadSample } from '../../model/observed.ts';

/** How long the lives that do not serve yet have waited for a CPU. */
export class Stalls {
  /** By invocation, what its cgroup had when it was first seen, microseconds: systemd may use a cgroup again. */
  #first = new Map<string, number>();

  constructor(readonly instances: Instances) {}

  /** Adds the times to the samples of one pass. `serving`: the lives that need none. */
  add(load: readonly LoadSample[], serving: ReadonlySet<string>): LoadSample[] {
    const before = this.#first;
    this.#first = new Map();
    return load.map(sample => (serving.has(sample.invocation) ? sample : this.#measured(sample, before)));
  }

  #measured(sample: LoadSample, before: ReadonlyMap<string, number>): LoadSample {
    const cgroup = this.instances.cgroup(unitName(sample.pool, sample.slot));
    const usec = cgroup ? stalledUsec(cgroup) : null;
    if (usec === null) return sample;
    const first = before.get(sample.invocation) ?? usec;
    this.#first.set(sample.invocation, first);
    return { ...sample, stalled: Math.round((usec - first) / 1000) };
  }
}
