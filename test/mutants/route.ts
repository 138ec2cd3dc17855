import { type Mutant, of } from './mutant.ts';

export const ROUTE: readonly Mutant[] = [
  ...of(
    'src/plan/route/publish.ts',
    ['if (world.publishing) return', 'if (false) return', 'two publish steps are under way'],
    ['changed(wanted, published).length === 0 &&', '', 'nothing is published after the first time'],
    [
      'const isNews = differing(wanted.live, before.asked).length > 0;',
      'const isNews = true;',
      'a publish that fails is not slowed down',
    ],
    [
      'pool => !slots.includes(pool) && weightText(wanted, pool) !== weightText(now, pool)',
      '() => false',
      'weights are not published',
    ],
    ['Math.max(memory.generation, world.published?.generation ?? 0) + 1', '1', 'the generation stays'],
    [
      'if (!passes.some(isMoving) || passes.some(pass => isUrgent(pass, live)))',
      'if (false)',
      'each publish waits for others',
    ],
  ),
  ...of(
    'src/plan/route/routing.ts',
    [
      "memory.phase === 'healthy' || (isOut",
      "memory.phase !== 'restarting' || (isOut",
      'what was not seen healthy is published',
    ],
    [
      "(isOut && memory.phase === 'unhealthy' && isRunning(unit))",
      'false',
      'in an outage nothing is published',
    ],
    ['.filter(m => mayServe(pass, m.slot))', '', 'an instance on a slot that the pool has not is published'],
    ['if (!isRouted(pass.pool)) return [];', '', 'a pool without a route is published'],
    [
      'pass.memory.outageSince !== null && !hasBackup',
      'pass.memory.outageSince !== null',
      'in an outage backups do not serve alone',
    ],
    ['const RESTART_GRACE_MS = 1_000;', 'const RESTART_GRACE_MS = 60_000;', 'what died stays published'],
    [
      'slots.length === 0 && mayWait(pass) ? [WAKE_SLOT] : slots',
      'slots',
      'a pool that sleeps is not published',
    ],
  ),
  ...of(
    'src/plan/route/spacing.ts',
    ['const SPACING_MS = 1_000;', 'const SPACING_MS = 0;', 'reloads are not spaced'],
    [
      'const MAX_RETRY_MS = 10_000;',
      'const MAX_RETRY_MS = 1_000_000;',
      'a failed publish is not tried again for long',
    ],
    ['SPACING_MS * 2 ** memory.failures', 'SPACING_MS', 'attempts to publish do not become rarer'],
    [
      'const FIRST_SETTLE_MS = 1_500;',
      'const FIRST_SETTLE_MS = 0;',
      'the first publish after boot does not wait',
    ],
  ),
  ...of(
    'src/plan/route/weights.ts',
    ['Math.max(MIN_HEADROOM, 1 - share)', 'Math.max(MIN_HEADROOM, share)', 'who is busy gets more requests'],
    ['const WEIGHT_HYSTERESIS = 2;', 'const WEIGHT_HYSTERESIS = 11;', 'weights never change'],
    [
      'Math.max(1, Math.round((MAX_WEIGHT * h) / most))',
      '(MAX_WEIGHT * h) / most',
      'weights are no whole numbers',
    ],
  ),
];

export const STATE: readonly Mutant[] = [
  ...of('src/plan/state/instance.ts', [
    "phase === 'starting' || phase === 'restarting'",
    "phase === 'starting'",
    'what systemd restarts is not awaited',
  ]),
  ...of('src/plan/state/memory.ts', [
    'poolMemory.create({ target: min })',
    'poolMemory.create({ target: 0 })',
    'a new pool has no target',
    'the range raises the target to the same number',
  ]),
  ...of(
    'src/plan/state/memory-upgrade.ts',
    ["spare: 'surplus'", "spare: 'replace'", 'drains of 0.1.0 are misread'],
    [
      'LEAST_TIME_OF_DAY ? value - epoch',
      'LEAST_TIME_OF_DAY ? value',
      'times of earlier versions are misread',
    ],
  ),
  ...of(
    'src/plan/state/tiers.ts',
    ['min: slots.length, max: slots.length, schedules: []', 'schedules: []', 'not all backups run'],
    ['pool.slots.filter(slot => !backup.includes(slot))', 'pool.slots', 'backups serve like all others'],
  ),
];

export const STATUS: readonly Mutant[] = [
  ...of(
    'src/plan/status/instance.ts',
    ["if (memory?.drain) return 'draining';", '', 'what drains is called healthy'],
    [
      "state === 'healthy' || (state === 'draining'",
      "state !== 'healthy' || (state === 'draining'",
      'who serves is counted wrongly',
    ],
  ),
  ...of(
    'src/plan/status/problems.ts',
    [
      'if (current >= desired(pass)) return badSlots(pass);',
      'return badSlots(pass);',
      'failures are no problem',
    ],
    ['  ...outage(pass),\n', '', 'an outage is no problem'],
    ['  ...needs(pass),\n', '', 'a unit that is waited for is no problem'],
    ['if (failures.count === 0) return [];', '', 'there is always a problem'],
  ),
  ...of('src/plan/status/oddities.ts', [
    'healthy(members(pass)).length < desired(pass)',
    'false',
    'what keeps an instance down is not said',
  ]),
  ...of('src/plan/status/pauses.ts', [
    'if (healthy(list).length >= desired(pass)) return [];',
    'return [];',
    'a wait for RestartSec= is not said',
  ]),
  ...of('src/plan/view/steps.ts', [
    "if (isPausing(unit)) return 'systemd",
    "if (false) return 'systemd",
    'a wait for RestartSec= has no word',
  ]),
  ...of('src/plan/view/suspects.ts', [
    'memory.failedStarts > 0 || now - memory.since >= LATE_MS',
    'false',
    'nobody is suspected who does not come up',
  ]),
  ...of(
    'src/plan/status/rollout.ts',
    ['(current === 0 && isBackingOff(pass)) ||', '', 'a rollout that fails is not halted'],
    [
      "list.some(member => isOld(pass, member)) ? 'progressing'",
      "false ? 'progressing'",
      'a rollout is complete while old ones run',
    ],
  ),
  ...of(
    'src/plan/status/status.ts',
    ["if (pass.memory.stopped) return 'stopped';", '', 'a stopped pool is called down'],
    ["if (serving === 0) return 'down';", '', 'a pool that is down is called degraded'],
    ['wanted === 0 && serving === 0', 'false', 'a pool that sleeps is called down'],
  ),
];
