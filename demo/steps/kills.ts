import { setTimeout } from 'node:timers/promises';
import { type Stage, serving } from '../stage.ts';

/** Two workers in turn, so that each is back when it is killed again. */
const SLOTS = [8000, 8001, 8000, 8001, 8000, 8001, 8000, 8001];

/** One that is between two lives just then is spared. */
async function killWorkers({ host, transcript }: Stage): Promise<void> {
  for (const slot of SLOTS) {
    await setTimeout(500);
    const isKilled = await host.signal('KILL', 'search', slot).catch(() => null);
    if (isKilled !== null) transcript.note(`killed the worker on ${slot}`);
  }
}

export async function kills(stage: Stage): Promise<void> {
  const { host, transcript } = stage;
  transcript.title('fault tolerance: SIGKILL of a worker every 0.5 s under 200 requests/s');
  const load = host.load('http://localhost/api/search?q=kill', '--rate 200 --seconds 5');
  await killWorkers(stage);
  const { summary, failed } = await load;
  transcript.note(summary);
  await transcript.check('0 failed requests', () => failed === 0);
  await transcript.check('all are back', () => host.until('search', status => serving(status) >= 2, 10));
}
