import { clearFailures } from './failures.ts';
import { type Look, note } from './look.ts';
import type { Command } from './world.ts';

/** One way to carry out each command: a new command without one does not compile. */
const obeyed: { [K in Command['kind']]: (look: Look, command: Extract<Command, { kind: K }>) => void } = {
  scale: (look, { range }) => {
    look.memory.range = range;
    note(look, range ? `scale to ${range.min}..${range.max}, by hand` : 'scale by the pool file again');
  },
  restart: look => {
    look.memory.restartedAt = look.now;
    clearFailures(look);
    note(look, 'rolling restart, by hand');
  },
  start: look => {
    look.memory.stopped = false;
    clearFailures(look);
    note(look, 'start, by hand');
  },
  stop: look => {
    look.memory.stopped = true;
    note(look, 'stop, by hand');
  },
};

/** Carries the administrator's commands into the memory. */
export function obey(look: Look): void {
  for (const command of look.world.commands) {
    if (command.pool !== look.pool.name) continue;
    // a range by hand is for those that serve
    if (look.standby && command.kind === 'scale') continue;
    (obeyed[command.kind] as (look: Look, command: Command) => void)(look, command);
  }
}
