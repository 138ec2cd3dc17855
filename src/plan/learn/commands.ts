import { note } from '../view/notes.ts';
import type { Learning } from '../view/pass.ts';
import type { Command } from '../world.ts';
import { clearFailures } from './failures.ts';

/** One way to carry out each command: a new command without one does not compile. */
const appliers: { [K in Command['kind']]: (pass: Learning, command: Extract<Command, { kind: K }>) => void } =
  {
    scale: (pass, { range }) => {
      pass.memory.range = range;
      note(pass, range ? `scale to ${range.min}..${range.max}, by hand` : 'scale by the pool file again');
    },
    restart: pass => {
      pass.memory.restartedAt = pass.now;
      clearFailures(pass);
      note(pass, 'rolling restart, by hand');
    },
    start: pass => {
      pass.memory.stopped = false;
      clearFailures(pass);
      note(pass, 'start, by hand');
    },
    stop: pass => {
      pass.memory.stopped = true;
      note(pass, 'stop, by hand');
    },
  };

/** Carries the administrator's commands into the memory. */
export function applyCommands(pass: Learning): void {
  for (const command of pass.world.commands) {
    if (command.pool !== pass.pool.name) continue;
    // a range by hand is for those that serve
    if (pass.backup && command.kind === 'scale') continue;
    (appliers[command.kind] as (pass: Learning, command: Command) => void)(pass, command);
  }
}
