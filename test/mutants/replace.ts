import { type Mutant, of } from './mutant.ts';

export const REPLACE: readonly Mutant[] = [
  ...of(
    'src/plan/replace/drain.ts',
    [
      'if (!pass.live.has(slot) && !pass.world.publishing) return true;',
      'return true;',
      'what nginx sends to is stopped',
    ],
    [
      '!pass.live.has(slot) && !pass.world.publishing',
      '!pass.live.has(slot)',
      'what a running publish may publish is stopped',
    ],
    [
      'const deadline = pass.now + pass.pool.drainTimeout;',
      'const deadline = pass.now;',
      'DrainTimeout= is ignored',
    ],
    [
      'const deadline = pass.now + pass.pool.nginx.readTimeout;',
      'const deadline = pass.now;',
      'requests of a hung worker are cut off',
    ],
    [
      "if (kind === 'replace' && held)",
      'if (false)',
      'the socket of an instance closes while it is replaced',
    ],
    ["...leaving(pass, 'surplus').slice(0, Math.max(0, lacking)),", '', 'a drain is never cancelled'],
    ['listens(pass, unit.slot) &&', '', 'a drain is cancelled of what nobody can reach'],
    [
      'inFlight(pass, unit.slot) === 0)',
      'inFlight(pass, unit.slot) === -1)',
      'an idle instance is not stopped before its time',
    ],
  ),
  ...of(
    'src/plan/replace/hung.ts',
    [
      'if (isWaiting(pass, slot) || isStale(pass, member)) drainHung(pass, slot, reason);',
      'if (false) drainHung(pass, slot, reason);',
      'a hung worker is restarted in its place again and again',
    ],
    [
      'if (heldFor(pass, slot) === null) restartHung(pass, victim, reason);',
      'if (true) restartHung(pass, victim, reason);',
      'a hung worker is restarted with its requests',
    ],
    ['m => isUnhealthy(m) && m.memory.fails >= restartAfter', '() => false', 'hung workers are not replaced'],
    ['held(m.slot) > requestTimeout', 'held(m.slot) < 0', 'RequestTimeout= is ignored'],
    ['held(m.slot) > requestTimeout', '2 * held(m.slot) > requestTimeout', 'RequestTimeout= counts half'],
    [
      'pass.now - memory.since >= RESTART_TIMEOUT_MS &&',
      'false &&',
      'a worker that does not stop keeps its slot',
    ],
  ),
  ...of(
    'src/plan/replace/starting.ts',
    [
      'else recordFailure(pass, slot, reason);',
      'else {}',
      'an instance that does not become healthy is no failure',
    ],
    [
      'if (now < deadline || isPromising(member, deadline)) return null;',
      'return null;',
      'StartTimeout= is ignored',
    ],
    ['|| isPromising(member, deadline)', '', 'a healthy one is given up whose probes come late'],
    ['+ (samples.get(slot)?.stalled ?? 0)', '', 'waiting for a CPU counts'],
    ['memory.failedStarts >= MAX_FAILED_STARTS', 'false', 'a slow crash loop never ends'],
    [
      'if (isPausing(unit)) return isOutrun',
      'if (isPausing(unit)) return false',
      'a slot that waits for RestartSec= is waited for',
    ],
  ),
  ...of(
    'src/plan/replace/recycle.ts',
    [
      'age > jittered(maxAge, unit.invocation)',
      'age > 10 * jittered(maxAge, unit.invocation)',
      'MaxAge= counts ten times',
    ],
    ['maxMemory !== null && used > maxMemory', 'false', 'MaxMemory= is ignored'],
    [
      'maxRequests !== null && memory.requests >',
      'maxRequests !== null && -memory.requests >',
      'MaxRequests= is ignored',
    ],
    [
      'if (pass.memory.recycled.until > pass.now) return;',
      '',
      'recycling that does not help is not slowed down',
    ],
    [
      'memory.limitSince - memory.since < SOON_MS',
      'pass.now - memory.since < SOON_MS',
      'the wait of hopeless recycling starts anew',
    ],
    [
      'if (isDraining(pass) || list.some(m => isStale(pass, m) || isComing(m.memory))) return;',
      '',
      'all that reached a limit are replaced at once',
    ],
  ),
  ...of(
    'src/plan/replace/restarts.ts',
    ['>= pass.pool.health.restarts', '>= 100', 'any number of hung workers is replaced at a time'],
    [
      'const TRIAL_INTERVAL_MS = 60_000;',
      'const TRIAL_INTERVAL_MS = 0;',
      'in an outage restarts are not held back',
    ],
    [
      'const TRIAL_INTERVAL_MS = 60_000;',
      'const TRIAL_INTERVAL_MS = 6e12;',
      'in an outage none is restarted on trial',
    ],
  ),
  ...of(
    'src/plan/replace/roll-over.ts',
    ['if (isHealthy(member) && spare-- <= 0) continue;', '', 'a pool shrinks by its healthy instances first'],
    ['if (!rollout.isRolling) return;', 'return;', 'nothing old is replaced'],
    [
      'if (!isHealthy(victim) || spare-- > 0) drain',
      'drain',
      'old instances go before their successors are healthy',
    ],
    [
      'Number(isHealthy(a)) - Number(isHealthy(b)) ||',
      'Number(isHealthy(b)) - Number(isHealthy(a)) ||',
      'the healthy ones go first',
    ],
    [
      'const foreign = members(pass).filter(({ slot }) => !mayServe(pass, slot));',
      'const foreign: Member[] = [];',
      'an instance on a slot that the pool has not stays',
    ],
    [
      'rollout.list.length === rollout.wanted && spareSlots(pass).length === 0',
      'false',
      'without a spare slot nothing is replaced',
    ],
    [
      'if (!victim || isDraining(pass) || !list.every(isHealthy)) return;',
      'if (!victim) return;',
      'several are replaced in place at a time',
    ],
  ),
  ...of('src/plan/replace/strangers.ts', [
    'if (stranger === null) continue;',
    'continue;',
    'an impersonated instance serves on',
  ]),
  ...of(
    'src/plan/replace/vanished.ts',
    ["if (pass.pool.listen !== 'unix') return;", 'return;', 'an instance without its socket file serves on'],
    ["memory.phase === 'healthy' &&\n", '', 'an instance that starts is missed'],
  ),
];
