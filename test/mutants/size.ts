import { type Mutant, of } from './mutant.ts';

export const SIZE: readonly Mutant[] = [
  ...of('src/plan/calm.ts', [
    'const isWhole = units.size === count',
    'const isWhole = true || units.size === count',
    'a pool that lacks instances is calm',
  ]),
  ...of('src/plan/action.ts', ["  'stop',\n", '', 'stops come first']),
  ...of(
    'src/plan/plan.ts',
    ['  watchOutage,\n', '', 'outages are not watched'],
    ['  cancelDrains,\n', '', 'drains are not cancelled'],
    ['  closeSockets,\n', '', 'open sockets stay'],
    ['  giveUpStarting,\n', '', 'nothing that starts is given up'],
    [
      'const CALM_INTERVAL_MS = 2_000;',
      'const CALM_INTERVAL_MS = 20_000;',
      'a calm controller sleeps for long',
    ],
    ['pass.backup ? [] : serving(pass)', 'serving(pass)', 'the load of backups counts'],
  ),
  ...of(
    'src/plan/size/autoscale.ts',
    ['if (isInformed(decision)) pass.memory.target = to;', '', 'decisions come to nothing'],
    [
      'if (isInformed(decision)) pass.memory.target = to;',
      'pass.memory.target = Math.min(1, to);',
      'desired is never above 1',
    ],
    [
      'pass.memory.stopped ||',
      '',
      'a stopped pool is scaled',
      'a stopped pool has no load, and its target is clamped: only the event in `cgipool why` differs',
    ],
    ['ceiling: pass.world.ceiling,', 'ceiling: null,', 'memory that is used up is ignored'],
  ),
  ...of(
    'src/plan/size/cleanup.ts',
    ['!isWaiting(pass, slot) &&', '', 'failed units are cleared at once'],
    [
      "if (held) stop(pass, slot, 'its socket is open, but no instance serves it');\n  else",
      '',
      'a socket that is left open stays',
    ],
    ['if (publishing) return [];', '', 'instances of removed pools stop under a publish'],
    ['&& !served ?', '?', 'instances of removed pools stop while nginx sends to them'],
  ),
  ...of(
    'src/plan/size/places.ts',
    [
      'cores * PLACES_PER_CORE - held.length',
      'cores * PLACES_PER_CORE',
      'starts that are under way count for nothing',
    ],
    ['cores * PLACES_PER_CORE - held.length', '-held.length', 'nothing has a place to start'],
    ['const PLACES_PER_CORE = 8;', 'const PLACES_PER_CORE = 8_000;', 'a thousand start at a time'],
    [
      '.sort((a, b) => (a.has + a.given) / a.wants - (b.has + b.given) / b.wants)[0]',
      '[0]',
      'one pool starts before the next',
    ],
    ['isComing(memory) && age <', 'isComing(memory) || age <', 'who is up keeps a place'],
  ),
  ...of(
    'src/plan/size/start.ts',
    ['pass.memory.failures.until > pass.now ||', '', 'the back-off of a pool is ignored'],
    ['|| awaitedNeeds(pass).length > 0', '', 'a start starts what was stopped'],
    ['if (!isOnTrial(pass)) return lacking;', 'return lacking;', 'a failing pool starts all at once'],
    ['Math.min(rollout.surge, stale, room)', 'stale', 'Surge= and Batch= are ignored'],
    [
      "pass.memory.instances[slot] = newInstance('', 0, pass.now);",
      '',
      'a start that comes to nothing is forgotten',
    ],
    [
      'wanted + surge(pass, list, wanted) - list.length',
      'wanted - list.length',
      'no successor starts before an old one goes',
    ],
  ),
  ...of(
    'src/plan/size/wake.ts',
    ['pass.memory.target = 1;', '', 'a request wakes nobody'],
    ['activeAt: pass.now }', 'activeAt: 0 }', 'a pool falls asleep as it wakes'],
    [
      'maySleep(pass.pool) && !pass.memory.stopped &&',
      'maySleep(pass.pool) &&',
      'requests wait for a pool that is stopped',
    ],
    [
      'const [first] = healthy(members(pass))',
      'const [first] = members(pass)',
      'a request is forwarded to what starts',
    ],
    ['if (!maySleep(pass.pool) || socket?.listening', 'if (socket?.listening', 'each pool has a wake socket'],
  ),
  ...of(
    'src/plan/view/desired.ts',
    [
      'return Math.min(Math.max(pass.memory.target, min), max);',
      'return Math.max(pass.memory.target, min);',
      'Max= is ignored',
    ],
    [
      'return Math.min(Math.max(pass.memory.target, min), max);',
      'return Math.min(pass.memory.target, max);',
      'Min= is ignored',
    ],
    [
      'pass.memory.range ?? scheduled(pass) ?? pass.pool',
      'pass.memory.range ?? pass.pool',
      'schedules are ignored',
    ],
    ['if (pass.memory.stopped) return 0;', '', 'a stopped pool runs'],
  ),
  ...of(
    'src/plan/view/members.ts',
    ['if (!memory || memory.drain) continue;', 'if (!memory) continue;', 'what drains counts'],
    ['|| isQueued(unit)', '', 'what systemd is about to start does not count'],
  ),
  ...of('src/plan/view/needs.ts', [
    "=== 'down'",
    "=== 'failed'",
    'needs that fail are waited for, and those that are stopped are not',
  ]),
  ...of(
    'src/plan/view/notes.ts',
    ['.slice(-MAX_EVENTS)', '', 'events are never dropped'],
    [
      'const held = pass.units.get(slot)?.held ?? false;',
      'const held = false;',
      'a stop leaves the socket open',
    ],
  ),
  ...of(
    'src/plan/view/pass.ts',
    [
      'events: [...memory.events],',
      'events: memory.events,',
      'passes share their events',
      'events are replaced, never changed',
    ],
    [
      'instances: { ...memory.instances },',
      '',
      'a pass changes the memory of the one before',
      'its caller does not use the memory of before',
    ],
  ),
  ...of(
    'src/plan/view/slots.ts',
    ['&& pass.world.listening.has(slot)', '&& false', 'ports that others have are tried'],
    [
      'Math.min(desired(pass), pass.pool.slots.length - takenByStrangers(pass).length)',
      'desired(pass)',
      'slots that others took are counted on',
    ],
    ['.filter(slot => !isWaiting(pass, slot))', '', 'the back-off of a slot is ignored'],
    ['.sort((a, b) => count(a) - count(b) || a - b)', '', 'a slot that fails is tried first'],
  ),
  ...of(
    'src/plan/view/stale.ts',
    ['isOlder(unit, pass.revision, pass.now)', 'false', 'a changed text is ignored'],
    ['pass.retired.includes(unit.slot) ||', '', 'instances on slots that are gone stay'],
    ['return recycled ||', 'return', 'what reached a limit stays'],
  ),
  ...of('src/plan/view/world-index.ts', [
    'units: byPool(world.units)',
    'units: byPool(world.units.slice(1))',
    'the first unit is not seen',
  ]),
];
