import { isVacant } from '../../../src/model/observed.ts';
import type { Action } from '../../../src/plan/action.ts';
import type { Knowledge } from './knowledge.ts';
import type { Life } from './life.ts';

/** How long a stuck instance may stay published, ms. */
const STUCK_MS = 5_000;
/** A reload may take this long after an instance was to go, ms. */
const UNPUBLISH_MS = 17_000;

/** Nothing is stopped that nginx sends to, that is needed, or that may still finish its requests. */
export function judgeStop(known: Knowledge, { pool, slot }: Extract<Action, { kind: 'stop' }>): void {
  const life = known.lives.at(pool, slot);
  // a socket without an instance: nginx skips it once it is closed
  if (!life || isVacant(life.unit)) return;
  if (known.truth.fake.nginx.maySendTo(pool, slot) && !isStuck(known, life))
    throw new Error(`stops ${pool}@${slot}, which nginx sends to`);
  const installed = known.pool(pool);
  if (!installed) return;
  judgeNeed(known, life);
  judgeRequests(known, life);
}

function isStuck(known: Knowledge, life: Life): boolean {
  return life.silentSince !== null && known.now - life.silentSince >= STUCK_MS;
}

function judgeNeed(known: Knowledge, life: Life): void {
  const { pool, slot } = life.unit;
  const installed = known.pool(pool);
  if (!installed || !life.isWell || life.wasSick) return;
  const group = known.groupOf(installed, slot);
  if (!group.slots.includes(slot)) return;
  const gone = new Set(known.actions.flatMap(a => (a.kind === 'stop' && a.pool === pool ? [a.slot] : [])));
  const stay = known
    .livesOf(group)
    .filter(one => one.isHealthy && one.isRunning && !gone.has(one.unit.slot)).length;
  if (stay < known.least(group))
    throw new Error(`stops healthy ${pool}@${slot}: ${stay} of ${known.least(group)} stay`);
}

/** Requests in flight may end first. */
function judgeRequests(known: Knowledge, life: Life): void {
  const { pool, slot, invocation } = life.unit;
  const sample = known.world?.load.find(one => one.invocation === invocation);
  const settings = known.pool(pool)?.pool;
  const leftAt = known.publishes.leftAt(pool, slot);
  if (!sample || !settings || leftAt === null || !life.wasProven || life.unit.restarts >= 5) return;
  const time = life.wasSick ? settings.nginx.readTimeout : settings.drainTimeout;
  // one that is sick and has accepted nothing holds no request
  const holds = life.wasSick ? sample.oldest !== null && !isWorse(known, life) : (sample.open ?? 0) > 0;
  const since = life.wasSick ? (life.sickSince ?? known.now - time) : leftAt;
  if (holds && known.now - since < time - UNPUBLISH_MS)
    throw new Error(`stops ${pool}@${slot} ${known.now - since} ms after it was to go, with requests`);
}

/** Another program has its place, or it holds a request for too long. */
function isWorse(known: Knowledge, { unit }: Life): boolean {
  const isImpersonated = [...known.truth.surroundings.strangers.keys()].some(name =>
    name.startsWith(`cgipool-${unit.pool}@${unit.slot}.`),
  );
  return isImpersonated || known.pool(unit.pool)?.pool.health.requestTimeout !== null;
}

/** An instance is restarted in its place if it answers nothing and holds nothing, or is replaced there. */
export function judgeRestart(known: Knowledge, { pool, slot }: Extract<Action, { kind: 'restart' }>): void {
  const life = known.lives.at(pool, slot);
  const sample = known.world?.load.find(one => one.invocation === life?.unit.invocation);
  const isHung = life?.sickSince != null && sample?.oldest === null;
  if (!isHung && !(life && isReplaced(known, life, sample?.open ?? null)))
    throw new Error(`restarts ${pool}@${slot}, which may be at work`);
}

/** systemd holds its socket, where clients wait for the successor. */
function isReplaced(known: Knowledge, life: Life, open: number | null): boolean {
  const { pool, slot, held } = life.unit;
  const leftAt = known.publishes.leftAt(pool, slot);
  const time = known.pool(pool)?.pool.drainTimeout ?? 0;
  const isLate = leftAt !== null && known.now - leftAt >= time - UNPUBLISH_MS;
  return held && !known.truth.fake.nginx.maySendTo(pool, slot) && (open === 0 || isLate);
}
