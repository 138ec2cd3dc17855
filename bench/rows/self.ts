import { ask, askPid } from '../load.ts';
import { ready } from '../ready.ts';
import type { Context, Row } from '../row.ts';
import { sh, until } from '../shell.ts';
import type { Subject } from '../subject.ts';
import { DYING, deaths } from './deaths.ts';
import { bringFloor, EMPTY_STEP, reloadNginx } from './floor.ts';
import { costOfLook } from './pass.ts';

/** Instances of one look. */
const SIZES = [10, 100, 1000];

/** The last ones tell how fast the machine is, and what of a publish is not cgipool's own. */
const COMMANDS = [
  ...['status', 'status --json', 'why bench', 'check', 'generate', 'install', '--help'].map(
    verb => `cgipool ${verb}`,
  ),
  'node -e 0',
  'nginx -t -q',
  `systemctl start ${EMPTY_STEP}`,
];

function looks({ notes, quick }: Context): void {
  for (const count of SIZES) {
    const { planMs, allocatedMb, statusMs } = costOfLook(count, quick ? 5 : 40);
    const subject = `${count} instances`;
    notes.add('self', subject, 'plan', 'ms', planMs);
    notes.add('self', subject, 'plan allocates', 'MB', allocatedMb);
    notes.add('self', subject, 'status as JSON', 'ms', statusMs);
  }
}

async function commands({ notes }: Context): Promise<void> {
  for (const command of COMMANDS) {
    const began = performance.now();
    await sh(`${command} >/dev/null`);
    notes.add('self', command, 'start to end', 'ms', performance.now() - began);
  }
}

/** When the controller last asked for a publish, ms since the epoch. */
async function publishedAt(): Promise<number> {
  const entries = await sh(
    "journalctl -u cgipool.service -g '^publish: bench: ' -n 1 -o json --output-fields=MESSAGE",
  );
  return Number((JSON.parse(entries) as { __REALTIME_TIMESTAMP: string }).__REALTIME_TIMESTAMP) / 1000;
}

/** From the controller's line in the journal to the first answer of an instance that is new to nginx. */
async function publish(cgipool: Subject, { notes, round }: Context): Promise<void> {
  const before = await cgipool.workers();
  await sh(`cgipool scale bench ${5 + round}`);
  const url = cgipool.url.replace('delay=5', 'delay=0');
  const isNew = async (): Promise<boolean> => {
    const pids = await Promise.all([askPid(url), askPid(url)]);
    return pids.some(pid => pid !== null && !before.includes(pid));
  };
  const found = await until(isNew, 20_000, 1);
  const at = Date.now();
  notes.add(
    'self',
    'publish',
    'decision to first request',
    'ms',
    found === null ? null : at - (await publishedAt()),
  );
}

async function begin(cgipool: Subject, count: number): Promise<void> {
  await cgipool.start(count);
  if ((await ready(cgipool, count)) === null)
    throw new Error(`${count} workers never answer: ${await ask(cgipool.url)}`);
}

/** What cgipool's own controller and commands take. */
export const self: Row = {
  name: 'self',
  workers: 0,
  async together(subjects, context, rounds) {
    const [cgipool] = subjects;
    if (cgipool?.name !== 'cgipool') throw new Error('the first of the subjects is cgipool');
    await bringFloor();
    await begin(cgipool, 4);
    for (let round = 0; round < rounds; round++) {
      looks(context);
      await commands(context);
      await reloadNginx(context.notes, round);
      await publish(cgipool, { ...context, round });
    }
    await begin(cgipool, DYING);
    for (let round = 0; round < rounds; round++) await deaths(cgipool, context);
    await cgipool.stop();
  },
};
