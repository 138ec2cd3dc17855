import { type Mutant, of } from './mutant.ts';

export const LEARN: readonly Mutant[] = [
  ...of(
    'src/plan/learn/backoff.ts',
    ['const FIRST_WAIT_MS = 1_000;', 'const FIRST_WAIT_MS = 0;', 'there is no back-off'],
    ['2 ** Math.max(0, count - 1)', '1', 'the back-off does not double'],
    ['const MAX_WAIT_MS = 300_000;', 'const MAX_WAIT_MS = 30_000_000;', 'the back-off has no longest wait'],
    ['count > free ?', 'count > free + 9 ?', 'the first ten failures cost no wait'],
  ),
  ...of(
    'src/plan/learn/commands.ts',
    ['pass.memory.range = range;', '', 'cgipool scale is ignored'],
    ['pass.memory.restartedAt = pass.now;', '', 'cgipool restart replaces nothing'],
    ['pass.memory.stopped = true;', '', 'cgipool stop is ignored'],
    [
      'pass.memory.stopped = false;\n      clearFailures(pass);',
      'pass.memory.stopped = false;',
      'cgipool start does not end the back-off',
    ],
    ['if (command.pool !== pass.pool.name) continue;', '', 'a command counts for all pools'],
  ),
  ...of('src/plan/learn/deaths.ts', [
    'deaths.length >= MAX_DEATHS &&',
    'deaths.length >= 10 * MAX_DEATHS &&',
    'workers that keep dying are no problem',
  ]),
  ...of('src/plan/learn/exit-reason.ts', [
    "unit.result === 'signal' ||",
    "unit.result === 'success' ||",
    'a signal is not named',
  ]),
  ...of(
    'src/plan/learn/failures.ts',
    [
      'if (pass.memory.seenRevision === pass.revision) return;',
      'return;',
      'a new revision is not tried at once',
    ],
    ['delete memory.slotFailures[slot];', '', 'failures of a slot are never forgotten'],
    ['pass.memory.failures = ofPool;', '', 'the pool does not back off'],
    [
      'strangerAt(pass, slot) === null',
      'true',
      'another program on a port makes the pool wait longer and longer',
    ],
  ),
  ...of(
    'src/plan/learn/lives.ts',
    ['if (!sameLife) noteLife(pass, unit, before);', '', 'deaths are not counted'],
    [
      'else pass.memory.instances[unit.slot] = newLife(pass, unit, before);',
      'else pass.memory.instances[unit.slot] ??= newLife(pass, unit, before);',
      'a new life keeps the health of the one before',
    ],
    [
      'recordEnd(pass, unit.slot, ending(unit), livedFor(before, pass.now));',
      '{}',
      'a unit that failed is no failure',
    ],
    [
      'if (isFailure) recordFailure(pass, slot, cancelled(pass));',
      '',
      'a start that systemd cancels is no failure',
    ],
    [
      'if (message !== null) recordRefusal(pass, slot, message);',
      '',
      'a start that systemd refuses is no failure',
    ],
    ['if (pass.hasHistory) return;', 'return;', 'a controller without memory adopts nothing'],
    [
      'if (ended || requests) amend(pass, slot, { endedAt: pass.now });',
      '',
      'a worker at work counts as hung',
    ],
    ['requests: known.requests + requests', 'requests', 'requests are not added up'],
    [
      "if (memory.phase === 'starting' && isUp(pass, unit))",
      'if (false)',
      'without a probe nothing becomes healthy that starts slowly',
    ],
  ),
  ...of('src/plan/learn/needs.ts', [
    "world.needs.get(unit) === 'up' || memory.needed.includes(unit)",
    "world.needs.get(unit) === 'up'",
    'a unit that was stopped is started by a start',
  ]),
  ...of(
    'src/plan/learn/outage.ts',
    ['list.length > 1 && list.filter(isUnhealthy).length * 2 > list.length', 'false', 'there is no outage'],
    ['* 2 > list.length', '* 4 > list.length', 'a quarter is an outage'],
  ),
  ...of(
    'src/plan/learn/probes.ts',
    ['oks >= health.rise', 'oks >= 1', 'Rise= is ignored'],
    ["phase === 'healthy' && fails >= health.fall", 'false', 'Fall= is ignored'],
    ['if (outcome.invocation !== memory.invocation) return memory;', '', 'a probe of an earlier life counts'],
    [
      'const oks = outcome.ok ? memory.oks + 1 : 0;',
      'const oks = outcome.ok ? memory.oks + 1 : memory.oks;',
      'successes need not be in a row',
    ],
  ),
  ...of('src/plan/learn/clues.ts', [
    "if (known?.phase !== 'healthy') learnHint(pass, slot, clue);",
    'if (false) learnHint(pass, slot, clue);',
    'nothing is learnt of an instance that does not come up',
  ]),
  ...of('src/plan/learn/kills.ts', [
    'now - at < HOUR_MS',
    'now - at > HOUR_MS',
    'stops that needed SIGKILL are forgotten',
  ]),
];
