import { note } from '../view/notes.ts';
import type { Learning } from '../view/pass.ts';
import type { Command } from '../world.ts';
import { clearFailures } from './failures.ts';

/** How each command is applied: a new command without an entry does not compile. */
const appliers: { [K in Command['kind']]: (pass: Learning, command: Extract<Command, { kind: K }>) => void } =
  {
    scale: (pass, { range }) => {
      pass.memory.range = range;
      note(pass, range ? `scale to ${range.min}..${range.max} requested` : 'scale auto requested');
    },
    restart: pass => {
      pass.memory.restartedAt = pass.now;
      clearFailures(pass);
      note(pass, 'rolling restart requested');
    },
    start: pass => {
      pass.memory.stopped = false;
      clearFailures(pass);
      note(pass, 'start requested');
    },
    stop: pass => {
      pass.memory.stopped = true;
      note(pass, 'stop requested');
    },
  };

/** Applies the administrator's commands to the pool's memory. */
export function applyCommands(pass: Learning): void {
  for (const command of pass.world.commands) {
    if (command.pool !== pass.pool.name) continue;
    // backups always run, whatever the range
    if (pass.backup && command.kind === 'scale') continue;
    (appliers[command.kind] as (pass: Learning, command: Command) => void)(pass, command);
  }
}
