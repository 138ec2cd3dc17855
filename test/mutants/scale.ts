import { type Mutant, of } from './mutant.ts';

export const SCALE: readonly Mutant[] = [
  ...of(
    'src/scale/decide.ts',
    [
      'return from === 0 || now - activeAt >= scale.idleTimeout;',
      'return from === 0;',
      'a pool never falls asleep',
    ],
    ['if (min > 0 || hasWork(readings)) return false;', 'return false;', 'no pool sleeps'],
    [
      'const wanted = Math.max(min === 0 ? 1 : 0, picked ? windowMax : from);',
      'const wanted = Math.max(min === 0 ? 1 : 0, windowMax);',
      'without data a pool shrinks',
    ],
    ['picked ? windowMax : from', 'picked ? picked.instances : from', 'Window= is ignored'],
    ['if (isBurst(readings, situation)) return end;', '', 'a burst is over at once'],
    [
      '.filter(at => at <= now)',
      '',
      'an activity in the future counts',
      'the monotonic clock is not set back',
    ],
  ),
  ...of(
    'src/scale/limits.ts',
    ['[n => Math.min(n, max),', '[n => n,', 'a decision goes beyond Max='],
    ['[n => Math.max(n, min),', '[n => n,', 'a decision goes below Min='],
    ['ceiling === null ? n :', 'true ? n :', 'memory that is used up does not limit'],
    ['from + maxStep(scale.stepUp, from)', 'from + 100', 'StepUp= is ignored'],
    ['now.at - r.at < window', 'true', 'a pool never shrinks'],
    ['counted.filter(r => r.instances > now.instances)', '[]', 'a pool shrinks at once'],
    ['isBlind && window > 0 ?', 'false ?', 'after a gap a pool shrinks'],
  ),
  ...of(
    'src/scale/pick.ts',
    [
      'best.instances >= r.instances ? best : r',
      'best.instances >= r.instances ? r : best',
      'the lowest recommendation counts',
    ],
    ['const PANIC_FACTOR = 2;', 'const PANIC_FACTOR = 1;', 'each rise is a burst'],
    ['return ready > 0 && wanted', 'return wanted', 'what starts shows a burst'],
  ),
  ...of(
    'src/scale/recommend.ts',
    ['Math.abs(ratio - 1) <= tolerance ? ready :', '', 'Tolerance= is ignored'],
    [
      'const ratio = value / target;\n  return Math.abs',
      'const ratio = target / value;\n  return Math.abs',
      'more load calls for fewer',
    ],
    ['Math.ceil(instances - 1e-9)', 'Math.floor(instances)', 'recommendations are rounded down'],
    ['const IDLE_LATENCY_SHARE = 0.5;', 'const IDLE_LATENCY_SHARE = 0.05;', 'latency never calls for fewer'],
    ['if (ratio > 1 + tolerance) return', 'if (ratio > 10) return', 'latency never calls for more'],
    ['up(busy) + spare', 'up(busy)', 'Spare= is ignored'],
    [
      "if (ready === 0) return metric === 'external' && value !== null ? up(value / target) : null;",
      'if (ready === 0) return null;',
      'work that waits elsewhere wakes nobody',
    ],
    ['value + missing * shareOf(entry)', 'value', 'what is not known counts as zero'],
    ["{ metric: 'concurrency', target: scale.concurrency, summed: true },", '', 'Concurrency= is ignored'],
    ["{ metric: 'external', target: scale.external, summed: true },", '', 'Metric= is ignored'],
  ),
  ...of(
    'src/scale/means.ts',
    [
      'found === 0 && spans.some(({ ended }) => ended > 0) ? null : found',
      'found',
      'requests that are not reported count as none',
    ],
    [
      'sum(known.map(span => of(span[key]) * span.length)) / length',
      'sum(known.map(span => of(span[key]))) / length',
      'means are not weighted',
    ],
    [
      '(sum(known.map(span => span.requests?.count ?? 0)) * 1000) / length',
      'sum(known.map(span => span.requests?.count ?? 0)) / length',
      'requests are counted per ms',
    ],
  ),
  ...of(
    'src/scale/meter.ts',
    [
      'instances.some(({ connections }) => connections === null || connections > 0) ||',
      '',
      'connections do not keep a pool awake',
    ],
    ['requests.count > 0 ||', '', 'requests do not keep a pool awake'],
    ['this.#spans.filter(span => span.at > now - ms)', 'this.#spans', 'both windows are the same'],
    [
      'if (isActive(sample) || this.unheard)',
      'if (isActive(sample))',
      'a pool falls asleep whose requests are not reported',
    ],
    [
      'while (this.#spans[0] && this.#spans[0].at <= oldest) this.#spans.shift();',
      '',
      'measurements are never dropped',
    ],
  ),
  ...of(
    'src/scale/span.ts',
    [
      'const serving = sample.instances.filter(serves);',
      'const serving = sample.instances;',
      'what does not serve counts',
    ],
    ['(cpuUsec - from) / (length * 1000)', 'cpuUsec / (length * 1000)', 'CPU time of earlier counts'],
    ['Math.min(1, i.connections)', 'i.connections', 'busy instances count by their connections'],
    ['missing: instances.length - known.length', 'missing: 0', 'what is not known is not missing'],
  ),
  ...of(
    'src/scale/hearing.ts',
    ['> 2 * expected + 6', '> 2 * expected + 6e9', 'requests that are not reported are not noticed'],
    ['reported >= 3 && ended <= expected + 3', 'false', 'reports are never whole again'],
  ),
  ...of('src/scale/heard.ts', [
    'if (heard.ended > 0 || heard.reported > 0) this.#all.push({ ...heard, at });',
    '',
    'what was heard is never dropped',
  ]),
  ...of(
    'src/scale/histogram.ts',
    [
      'Math.ceil(share * this.total)',
      'Math.ceil((1 - share) * this.total)',
      'a quantile is taken from the wrong end',
    ],
    ['const GROWTH = Math.log(1.1);', 'const GROWTH = Math.log(3);', 'latencies are three times too high'],
  ),
  ...of('src/scale/decision.ts', [
    'scaleState.create({ activeAt: now })',
    'scaleState.create({})',
    'a pool is idle as it begins',
  ]),
  ...of('src/scale/signals.ts', [
    "'spare'] as const",
    '] as const',
    'a decision on Spare= cannot be read back',
  ]),
];
