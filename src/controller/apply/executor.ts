import { writeFileAtomic } from '../../host/files/files.ts';
import { type Bus, BusError } from '../../host/systemd/bus.ts';
import { resetFailed, restartUnit, startUnit, stopUnit } from '../../host/systemd/systemd.ts';
import { socketName, unitName, wakeUnitName } from '../../model/names.ts';
import type { FailedStart } from '../../model/observed.ts';
import { paths } from '../../model/paths.ts';
import { PUBLISH_UNIT } from '../../model/services.ts';
import type { Action, ActionKind } from '../../plan/action.ts';
import type { Logger } from '../log.ts';

type Of<K extends ActionKind> = Extract<Action, { kind: K }>;
type Executors = { [K in ActionKind]: (bus: Bus, action: Of<K>) => Promise<unknown> };

async function publish(bus: Bus, { generation, live, weights }: Of<'publish'>): Promise<void> {
  await writeFileAtomic(paths.request, JSON.stringify({ generation, live, weights }));
  await startUnit(bus, PUBLISH_UNIT);
}

/** How each kind of action is carried out: a new kind without an entry does not compile. */
const executors: Executors = {
  start: (bus, { pool, slot }) => startUnit(bus, unitName(pool, slot)),
  restart: (bus, { pool, slot }) => restartUnit(bus, unitName(pool, slot)),
  stop: (bus, { pool, slot, held }) => stopUnit(bus, held ? socketName(pool, slot) : unitName(pool, slot)),
  // with Listen=fd the socket fails along with the instance
  resetFailed: (bus, { pool, slot }) =>
    Promise.all([unitName(pool, slot), socketName(pool, slot)].map(unit => resetFailed(bus, unit))),
  openWakeSocket: (bus, { pool }) => startUnit(bus, wakeUnitName(pool, 'socket')),
  closeWakeSocket: (bus, { pool }) => stopUnit(bus, wakeUnitName(pool, 'socket')),
  publish,
};

function what(action: Action): string {
  if (action.kind === 'publish') return 'publish';
  if ('slot' in action) return `${action.kind} ${unitName(action.pool, action.slot)}`;
  return `${action.kind === 'openWakeSocket' ? 'start' : 'stop'} ${wakeUnitName(action.pool, 'socket')}`;
}

/** The errors with and without a running polkitd. */
const DENIED = new Set([
  'org.freedesktop.DBus.Error.AccessDenied',
  'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired',
]);

/** If polkit is masked or broken, systemd passes on an error about that unit. */
const isDenied = ({ type, message }: BusError): boolean => DENIED.has(type) || message.includes('polkit');

const cure = (error: unknown): string =>
  error instanceof BusError && isDenied(error)
    ? '; check that polkit.service runs and /etc/polkit-1/rules.d/50-cgipool.rules exists (apt-get install polkitd; cgipool install)'
    : '';

/** Of the unit itself, such as UnitMasked or BadUnitSetting of org.freedesktop.systemd1(5): without the method's name. Else null. */
function refusalOf(error: unknown, unit: string): string | null {
  const isOfUnit = error instanceof BusError && error.type.startsWith('org.freedesktop.systemd1.');
  return isOfUnit && error.message.includes(unit)
    ? error.message.replace(/^\w+: /, 'systemd refuses to start it: ')
    : null;
}

const failure = (action: Action, error: unknown): string =>
  `cannot ${what(action)}: ${(error as Error).message}${cure(error)}`;

/** Carries out plans, and logs each step once however often it is retried. */
export class Executor {
  #failures: string[] = [];
  /** Kept until the next attempt, which may be several plans later. */
  #publishFailure: string[] = [];
  #logged = new Set<string>();
  #failedStarts: FailedStart[] = [];

  constructor(
    readonly bus: Bus,
    readonly log: Logger,
  ) {}

  /** Actions that failed, for people. */
  get failures(): string[] {
    return [...this.#publishFailure, ...this.#failures];
  }

  /** Called when there is nothing left to publish. */
  forgetPublish(): void {
    this.#publishFailure = [];
  }

  /** Starts and restarts that came to nothing since the last call. */
  takeFailedStarts(): FailedStart[] {
    return this.#failedStarts.splice(0);
  }

  /** Runs the kinds in the plan's order, actions of one kind in parallel. Logs failures; the next pass retries. */
  async carryOut(actions: readonly Action[]): Promise<void> {
    const before = this.#logged;
    this.#logged = new Set();
    const failures: string[] = [];
    for (const kind of new Set(actions.map(action => action.kind)))
      await Promise.all(
        actions.filter(action => action.kind === kind).map(action => this.#one(action, before, failures)),
      );
    // not cleared earlier: actions may take a while, and status must show the old failures meanwhile
    this.#failures = failures;
  }

  async #one(action: Action, before: ReadonlySet<string>, failures: string[]): Promise<void> {
    this.#logOnce('info', `${what(action)}: ${action.reason}`, before);
    if (action.kind === 'publish') this.forgetPublish();
    try {
      await (executors[action.kind] as (bus: Bus, action: Action) => Promise<unknown>)(this.bus, action);
    } catch (error) {
      if (action.kind === 'start' || action.kind === 'restart') {
        const message = refusalOf(error, unitName(action.pool, action.slot));
        this.#failedStarts.push({ pool: action.pool, slot: action.slot, message });
        if (message !== null) return;
      }
      (action.kind === 'publish' ? this.#publishFailure : failures).push(failure(action, error));
      this.#logOnce('error', failure(action, error), before);
    }
  }

  #logOnce(level: 'info' | 'error', text: string, before: ReadonlySet<string>): void {
    this.#logged.add(text);
    if (!before.has(text)) this.log[level](text);
  }
}
