import { own } from '../../base/own.ts';
import { formatProblem } from '../../base/result.ts';
import type { Installed } from '../../model/installed.ts';
import { poolFileOf } from '../../model/names.ts';
import { SITE_FILE } from '../../model/routing.ts';
import { isRouted } from '../../model/traits.ts';
import { dying } from '../learn/deaths.ts';
import { OUTAGE_TEXT } from '../learn/outage.ts';
import { desired } from '../view/desired.ts';
import { healthy, members } from '../view/members.ts';
import { awaitedNeeds } from '../view/needs.ts';
import type { View } from '../view/pass.ts';
import { strangerAt, takenByStrangers } from '../view/slots.ts';
import { isOld, isOutdated } from '../view/stale.ts';
import type { World } from '../world.ts';
import { oddities } from './oddities.ts';
import { pauses } from './pauses.ts';

/** This many failures in a row are a fault of the slot rather than bad luck. */
const MIN_SLOT_FAILURES = 3;

const seconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`;

const journal = (pass: View): string => `journalctl -u 'cgipool-${pass.pool.name}@*'`;

/** Instances fail since the last change, and none became healthy with it: the change is to blame. */
const isBadRevision = ({ revision, memory }: View): boolean =>
  revision > 0 && memory.failures.lastAt >= revision && memory.goodRevision !== revision;

function badRevision(pass: View, waits: string): string {
  const { pool, memory, revision, world } = pass;
  const old = members(pass).filter(m => isOutdated(pass, m)).length;
  const since = `no instance has become healthy since the pool changed at ${new Date(revision + world.epoch).toISOString()}`;
  const halted =
    old > 0
      ? `; the rollout is halted, ${old} old instances keep serving; to undo the change: sudo cgipool install --rollback ${pool.name}`
      : '';
  return `${since}: ${memory.failures.message}${waits}${halted} (${journal(pass)})`;
}

/** Slots that keep failing while the pool is well. */
function badSlots(pass: View): string[] {
  const well = new Set(healthy(members(pass)).map(({ slot }) => slot));
  return Object.entries(pass.memory.slotFailures)
    .filter(([slot, { count }]) => count >= MIN_SLOT_FAILURES && !well.has(Number(slot)))
    .map(([slot, { count, message }]) => `only slot ${slot} fails: ${count} times in a row, ${message}`);
}

/** A failure that others of the present revision made up for is an event of `cgipool why`, not a problem. */
function crashes(pass: View): string[] {
  const { failures } = pass.memory;
  if (failures.count === 0) return [];
  const current = healthy(members(pass)).filter(member => !isOld(pass, member)).length;
  if (current >= desired(pass)) return badSlots(pass);
  const waits = failures.until > pass.now ? `; next attempt in ${seconds(failures.until - pass.now)}` : '';
  return isBadRevision(pass)
    ? [badRevision(pass, waits)]
    : [`${failures.message}${waits} (${journal(pass)})`];
}

function strangers(pass: View): string[] {
  const byUser = new Map<string, number[]>();
  for (const slot of takenByStrangers(pass)) {
    const user = strangerAt(pass, slot);
    const who = user === null ? 'another program' : `a program of ${user}`;
    byUser.set(who, [...(byUser.get(who) ?? []), slot]);
  }
  return [...byUser].map(([who, slots]) => `${who} listens on ${slots.join(', ')}: stop it or change Ports=`);
}

function deaths(pass: View): string[] {
  const slots = dying(pass);
  return slots.length > 0
    ? [`workers on slot ${slots.join(', ')} keep dying, and systemd restarts them (${journal(pass)})`]
    : [];
}

/** So many instances in a row that reach a limit soon after their start are no chance. */
const MIN_RECYCLED = 3;

const recycled = ({ memory: { recycled: found } }: View): string[] =>
  found.count >= MIN_RECYCLED
    ? [
        `instances reach a limit within seconds of their start, ${found.count} in a row, so replacing them does not help: ${found.message}: raise it`,
      ]
    : [];

const needs = (pass: View): string[] =>
  awaitedNeeds(pass).map(
    unit => `no instance starts while ${unit} is stopped, which a start would start: systemctl start ${unit}`,
  );

const outage = ({ memory }: View): string[] => (memory.outageSince === null ? [] : [OUTAGE_TEXT]);

const refusals = ({ published }: World, file: string): string[] =>
  (own(published?.refused ?? {}, file) ?? []).map(fault => formatProblem({ file, ...fault }));

/** What nginx refuses of the pool; said once, for both tiers. */
const refused = ({ pool, world, backup }: View): string[] =>
  backup ? [] : refusals(world, poolFileOf(pool.name));

/** What nginx refuses of cgipool.conf. */
export const siteRefusals = (world: World): string[] => refusals(world, SITE_FILE);

/** The usual cause is an access_log of its own in a server block, or `access_log off;` for all of them. */
function unheard({ pool, world }: View): string[] {
  const heard = own(world.unheard, pool.name);
  return heard
    ? [
        `nginx does not report all requests, so they are not counted: ${Math.round(heard.ended)} connections to workers were seen to end, ` +
          `and its ${heard.reported} reports explain ${Math.round(heard.expected)}; a server block with an access_log of its own needs ` +
          'include /etc/nginx/cgipool/access.conf; as well',
      ]
    : [];
}

/** The problems of a pool that an administrator should know. */
export const problemsOf = (pass: View): string[] => [
  ...refused(pass),
  ...crashes(pass),
  ...deaths(pass),
  ...pauses(pass),
  ...oddities(pass),
  ...needs(pass),
  ...recycled(pass),
  ...outage(pass),
  ...strangers(pass),
  ...unheard(pass),
];

/** Why nginx answers no request; null if it does, as far as is known. */
export function nginxOutage({ nginx: state, isNginxSilent }: World): string | null {
  const isUp = state === null || state === 'active' || state === 'reloading' || state === 'activating';
  if (!isUp)
    return `nginx.service is ${state}, so no requests arrive: systemctl start nginx (journalctl -u nginx)`;
  return isNginxSilent
    ? 'nginx runs and does not answer, so requests fail: its connections may be used up (worker_connections in nginx.conf), see /var/log/nginx/error.log'
    : null;
}

/** A stopped nginx is not a publish error, as it reads its configuration when it starts; but it has to be started. */
export function nginxProblems({ pools }: Pick<Installed, 'pools'>, world: World): string[] {
  const outage = nginxOutage(world);
  return outage !== null && pools.some(({ pool }) => isRouted(pool)) ? [outage] : [];
}
