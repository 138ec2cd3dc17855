import { writeFileAtomic } from '../../host/files/files.ts';
import { type Bus, BusError } from '../../host/systemd/bus.ts';
import { resetFailed, restartUnit, startUnit, stopUnit } from '../../host/systemd/systemd.ts';
import { socketName, unitName, wakeUnitName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import { PUBLISH_UNIT } from '../../model/services.ts';
import type { Action, ActionKind } from '../../plan/action.ts';
import type { Log } from '../log.ts';

type Of<K extends ActionKind> = Extract<Action, { kind: K }>;
type Executors = { [K in ActionKind]: (bus: Bus, action: Of<K>) => Promise<unknown> };

async function publish(bus: Bus, { generation, live, weights }: Of<'publish'>): Promise<void> {
  await writeFileAtomic(paths.request, JSON.stringify({ generation, live, weights }));
  await startUnit(bus, PUBLISH_UNIT);
}

/** A new kind of action without an executor does not compile. */
const executors: Executors = {
  start: (bus, { pool, slot }) => startUnit(bus, unitName(pool, slot)),
  restart: (bus, { pool, slot }) => restartUnit(bus, unitName(pool, slot)),
  stop: (bus, { pool, slot, held }) => stopUnit(bus, held ? socketName(pool, slot) : unitName(pool, slot)),
  // of one with Listen=fd the socket fails with it
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

/** polkit's refusals come in two kinds, with and without polkitd. */
const DENIED = new Set([
  'org.freedesktop.DBus.Error.AccessDenied',
  'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired',
]);

/** Where polkit is masked or broken, systemd passes on the words about that unit. */
const isDenied = ({ type, message }: BusError): boolean => DENIED.has(type) || message.includes('polkit');

const cure = (error: unknown): string =>
  error instanceof BusError && isDenied(error)
    ? '; is polkit.service running and /etc/polkit-1/rules.d/50-cgipool.rules there? (apt-get install polkitd; cgipool install)'
    : '';

const failure = (action: Action, error: unknown): string =>
  `cannot ${what(action)}: ${(error as Error).message}${cure(error)}`;

/** Carries out plans and tells of each step once, however often it has to be tried again. */
export class Executor {
  #failures: string[] = [];
  /** Kept until it is tried again, which takes longer than the next plan. */
  #publishFailure: string[] = [];
  #said = new Set<string>();

  constructor(
    readonly bus: Bus,
    readonly log: Log,
  ) {}

  /** What could not be done, in words. */
  get failures(): string[] {
    return [...this.#publishFailure, ...this.#failures];
  }

  /** There is nothing to publish any more. */
  forgetPublish(): void {
    this.#publishFailure = [];
  }

  /** Actions of one kind run together, the kinds in the plan's order. A failure is told; the next look tries anew. */
  async carryOut(actions: readonly Action[]): Promise<void> {
    const before = this.#said;
    this.#said = new Set();
    const failures: string[] = [];
    for (const kind of new Set(actions.map(action => action.kind)))
      await Promise.all(
        actions.filter(action => action.kind === kind).map(action => this.#one(action, before, failures)),
      );
    // not emptied before: a call may take its time, and whoever asks meanwhile wants to know
    this.#failures = failures;
  }

  async #one(action: Action, before: ReadonlySet<string>, failures: string[]): Promise<void> {
    this.#say('info', `${what(action)}: ${action.reason}`, before);
    if (action.kind === 'publish') this.forgetPublish();
    try {
      await (executors[action.kind] as (bus: Bus, action: Action) => Promise<unknown>)(this.bus, action);
    } catch (error) {
      (action.kind === 'publish' ? this.#publishFailure : failures).push(failure(action, error));
      this.#say('error', failure(action, error), before);
    }
  }

  #say(level: 'info' | 'error', text: string, before: ReadonlySet<string>): void {
    this.#said.add(text);
    if (!before.has(text)) this.log[level](text);
  }
}
