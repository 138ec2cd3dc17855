import { boolean } from '../values/values.ts';

/** What is wrong with a value of a directive, as it follows `Key=value`; null: nothing is. */
type Refusal = (value: string) => string | null;

/** Some values. The cure is part of the text. */
const values =
  (wrong: Readonly<Record<string, string>>): Refusal =>
  value =>
    Object.hasOwn(wrong, value) ? (wrong[value] ?? null) : null;

const when =
  (answer: boolean, text: string): Refusal =>
  value => {
    const read = boolean(value);
    return read.ok && read.value === answer ? text : null;
  };

const STAY = 'use Type=exec or Type=notify';

const type = values({
  oneshot: `is for commands that end, and a worker runs until it is stopped: ${STAY}`,
  forking: `is for programs that go into the background: have the program stay in the foreground, and ${STAY}`,
  dbus: `is for D-Bus services, and a worker is none: ${STAY}`,
  idle: `has each start wait for other units: ${STAY}`,
});

const REMAINS = 'leaves processes of a stopped instance on its slot: use mixed or control-group';

/** systemd.service(5): 0 stands for no limit, too. */
const NO_LIMIT = /^(infinity|(0+(\.0+)?[ \t]*[a-z]*[ \t]*)+)$/;

const unlimited: Refusal = value =>
  NO_LIMIT.test(value)
    ? 'has a worker that ignores SIGTERM keep its slot for good: set a limit, such as 1min'
    : null;

/** Of all instances at about the same time, without asking nginx first. */
const limited: Refusal = value =>
  value === '' || NO_LIMIT.test(value)
    ? null
    : 'ends workers along with their requests, all at about the same time: use MaxAge= in [Pool], which replaces one after the other';

/** Any but `none`, and an empty one, which is systemd's to refuse. */
const ofMachine: Refusal = value =>
  value === 'none' || value === ''
    ? null
    : 'acts on the whole machine when one worker fails: remove the line';

/** Directives of [Service] and [Unit] that cgipool cannot keep its promises with; systemd takes some in either section. */
export const liveRules: Readonly<Record<string, Refusal>> = {
  Type: type,
  RemainAfterExit: when(true, 'keeps an instance up whose worker has exited: remove the line'),
  SendSIGKILL: when(
    false,
    'leaves a worker that ignores SIGTERM on its slot for good: remove the line, and raise TimeoutStopSec= if stops take long',
  ),
  KillMode: values({ process: REMAINS, none: REMAINS }),
  TimeoutStopSec: unlimited,
  TimeoutSec: unlimited,
  RestartSec: values({ infinity: 'leaves a slot to a worker that died: set a limit, such as 20s' }),
  RuntimeMaxSec: limited,
  ExitType: values({
    cgroup: 'keeps an instance up whose main process has ended while a child of it is left: remove the line',
  }),
  FailureAction: ofMachine,
  SuccessAction: ofMachine,
  StartLimitAction: ofMachine,
  JobTimeoutAction: ofMachine,
  CollectMode: values({
    'inactive-or-failed': 'has systemd forget a failed instance before cgipool sees it: remove the line',
  }),
  StopWhenUnneeded: when(
    true,
    'has systemd stop each instance again, as no other unit needs it: remove the line',
  ),
  RefuseManualStart: when(true, 'keeps cgipool from starting instances: remove the line'),
  RefuseManualStop: when(true, 'keeps cgipool from stopping instances: remove the line'),
};

/** Why a directive must not change the lives of instances so; null: it may. */
export function unliveable(key: string, value: string): string | null {
  const wrong = Object.hasOwn(liveRules, key) ? liveRules[key]?.(value) : null;
  return wrong ? `${key}=${value} ${wrong}` : null;
}
