import { hasStopCommands, signalsAll, stopSignal, stopTimeout } from '../../model/traits.ts';
import { killsOf } from '../learn/kills.ts';
import { desired } from '../view/desired.ts';
import { healthy, members } from '../view/members.ts';
import type { View } from '../view/pass.ts';

/** What the machine shows of instances that do not come up, while the pool lacks them. */
const hints = (pass: View): string[] =>
  healthy(members(pass)).length < desired(pass)
    ? Object.entries(pass.memory.hints).map(([slot, hint]) => `slot ${slot}: ${hint}`)
    : [];

/** Servers that a stop kills with their requests, since only the shell above them is asked to end. */
function shells(pass: View): string[] {
  if (signalsAll(pass.pool)) return [];
  const slots = members(pass).flatMap(({ slot, memory }) => (memory.shell ? [slot] : []));
  return slots.length > 0
    ? [
        `the main process of slot ${slots.join(', ')} is a shell, so a stop kills the server below it along with its requests: ` +
          'start the server with exec in the script of Exec=, or set KillMode=control-group',
      ]
    : [];
}

/** Fewer may be chance. */
const MIN_KILLS = 3;

function kills(pass: View): string[] {
  const count = killsOf(pass).length;
  const { pool } = pass;
  return count >= MIN_KILLS
    ? [
        `${count} stops of the last hour needed SIGKILL after TimeoutStopSec=${stopTimeout(pool)}: ` +
          `the program does not end at ${stopSignal(pool)}; have it finish its requests then, and exit${hasStopCommands(pool) ? ', or a command of ExecStop= or ExecStopPost= takes too long' : ''}`,
      ]
    : [];
}

/** Programs that work, or would, and not as a worker should. */
export const oddities = (pass: View): string[] => [...hints(pass), ...shells(pass), ...kills(pass)];
