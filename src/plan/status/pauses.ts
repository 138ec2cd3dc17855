import { isPausing } from '../../model/observed.ts';
import { ending } from '../learn/exit-reason.ts';
import { desired } from '../view/desired.ts';
import { healthy, members } from '../view/members.ts';
import type { View } from '../view/pass.ts';

/** As long as the controller, too, gives systemd for a restart, ms. */
const PAUSE_MS = 1_000;

/** Instances that systemd does not restart yet, while the pool lacks them. */
export function pauses(pass: View): string[] {
  const list = members(pass);
  if (healthy(list).length >= desired(pass)) return [];
  return list
    .filter(({ unit, memory }) => isPausing(unit) && pass.now - (memory.pausedAt ?? pass.now) >= PAUSE_MS)
    .map(
      ({ slot, unit }) =>
        `slot ${slot}: ${ending(unit)}; systemd waits as long as RestartSec= says, and no other slot is free: lower RestartSec=, or add slots`,
    );
}
