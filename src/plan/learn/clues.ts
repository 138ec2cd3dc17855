import { endpoint, unitName } from '../../model/names.ts';
import type { Clue } from '../../model/observed.ts';
import { amend, note } from '../view/notes.ts';
import type { Learning } from '../view/pass.ts';

/** What a clue says of an instance that does not come up, with the cure; null: nothing. */
type Hint = (pass: Learning, slot: number, clue: Clue) => string | null;

const stray: Hint = ({ pool }, slot, { strays }) => {
  const home = pool.listen === 'tcp' ? `127.0.0.1:${slot}` : endpoint(pool, slot);
  return strays.length > 0
    ? `it listens on ${strays.join(', ')}, and not on ${home}: have it listen there (%i, $PORT and $SOCKET say where)`
    : null;
};

/** Write access for the group, by which nginx may connect. */
const GROUP_WRITE = 0o020;

const closedFile: Hint = ({ pool }, _slot, { mode }) =>
  mode !== null && !pool.activated && (mode & GROUP_WRITE) === 0
    ? `its socket file has mode 0${mode.toString(8)}, which closes it to nginx: set UMask=0007, or have the program make it 0660`
    : null;

const outgoing: Hint = (_pass, _slot, { isOutgoing }) =>
  isOutgoing
    ? 'an outgoing connection has its port: choose Ports= outside of net.ipv4.ip_local_port_range, or reserve them by net.ipv4.ip_local_reserved_ports'
    : null;

const remembered: Hint = (_pass, _slot, { closed }) =>
  closed > 0
    ? `${closed} closed connections keep its port (TIME_WAIT) from a program that does not set SO_REUSEADDR: have it set that`
    : null;

/** The surer one first. */
const HINTS: readonly Hint[] = [stray, closedFile, outgoing, remembered];

function learnHint(pass: Learning, slot: number, clue: Clue): void {
  const hint = HINTS.map(hintOf => hintOf(pass, slot, clue)).find(text => text !== null);
  if (hint === undefined || pass.memory.hints[slot] === hint) return;
  pass.memory.hints[slot] = hint;
  note(pass, `slot ${slot}: ${hint}`);
}

function learn(pass: Learning, slot: number, clue: Clue): void {
  const known = pass.memory.instances[slot];
  if (known?.phase !== 'healthy') learnHint(pass, slot, clue);
  else if (known.invocation === clue.invocation) amend(pass, slot, { shell: clue.isShell });
}

/** Takes up what was seen of the instances that the last pass suspected. */
export function learnClues(pass: Learning): void {
  const { pool, world, memory } = pass;
  for (const slot of Object.keys(memory.hints).map(Number))
    if (memory.instances[slot]?.phase === 'healthy') delete memory.hints[slot];
  if (world.clues.size === 0) return;
  for (const slot of pool.slots) {
    const clue = world.clues.get(unitName(pool.name, slot));
    if (clue) learn(pass, slot, clue);
  }
}
