import { ask, askPid } from '../load.ts';
import { ready } from '../ready.ts';
import type { Context, Row } from '../row.ts';
import { sh, until } from '../shell.ts';
import type { Subject } from '../subject.ts';
import { DYING, deaths } from './deaths.ts';
import { EMPTY_STEP, installFloor, reloadNginx } from './floor.ts';
import { costOfPass } from './pass.ts';

/** Instances of one pass. */
const SIZES = [10, 100, 1000];

/** The last ones show how fast the machine is, and how much of a publish is not cgipool's own. */
const COMMANDS = [
  ...['status', 'status --json', 'why bench', 'check', 'generate', 'install', '--help'].map(
    verb => `cgipool ${verb}`,
  ),
  'node -e 0',
  'nginx -t -q',
  `systemctl start ${EMPTY_STEP}`,
];

function passes({ notes, quick }: Context): void {
  for (const count of SIZES) {
    const { planMs, allocatedMb, statusMs } = costOfPass(count, quick ? 5 : 40);
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

/** When the controller last requested a publish, ms since the epoch. */
async function publishedAt(): Promise<number> {
  const entries = await sh(
    "journalctl -u cgipool.service -g '^publish: bench: ' -n 1 -o json --output-fields=MESSAGE",
  );
  return Number((JSON.parse(entries) as { __REALTIME_TIMESTAMP: string }).__REALTIME_TIMESTAMP) / 1000;
}

/** From the controller's line in the journal to the first answer of a newly published instance. */
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

/** The cost of cgipool's own controller and commands. */
export const self: Row = {
  name: 'self',
  workers: 0,
  async together(subjects, context, rounds) {
    const [cgipool] = subjects;
    if (cgipool?.name !== 'cgipool') throw new Error('the first of the subjects is cgipool');
    await installFloor();
    await begin(cgipool, 4);
    for (let round = 0; round < rounds; round++) {
      passes(context);
      await commands(context);
      await reloadNginx(context.notes, round);
      await publish(cgipool, { ...context, round });
    }
    await begin(cgipool, DYING);
    for (let round = 0; round < rounds; round++) await deaths(cgipool, context);
    await cgipool.stop();
  },
};
