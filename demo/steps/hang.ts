import { setTimeout } from 'node:timers/promises';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import { type Stage, serving } from '../stage.ts';

/** Freezes a worker that nginx sends to; its process id. */
async function freeze({ host, transcript }: Stage): Promise<number> {
  const { instances } = await host.poolStatus('search');
  const slot = Number(instances.find(({ published }) => published)?.slot);
  const pid = Number(await host.signal('STOP', 'search', slot));
  transcript.note(`froze PID ${pid} on ${slot}`);
  return pid;
}

const without = (status: PoolStatus, frozen: number): PoolStatus => ({
  ...status,
  instances: status.instances.filter(({ pid }) => pid !== frozen),
});

export async function hang(stage: Stage): Promise<void> {
  const { host, transcript } = stage;
  transcript.title('a hung worker: SIGSTOP');
  const load = host.load('http://localhost/api/search?q=hang', '--rate 100 --seconds 8');
  // requests are on their way when it freezes
  await setTimeout(500);
  const frozen = await freeze(stage);
  await transcript.check('it is detected, and another serves in its place', () =>
    host.until('search', status => serving(without(status, frozen)) >= 2, 10),
  );
  const stopped = 'it is stopped: at once, or when nginx gives up on what it holds (ReadTimeout=5s)';
  await transcript.check(stopped, async () => {
    await host.await(`! kill -0 ${frozen}`);
    return true;
  });
  const { summary, failed } = await load;
  transcript.note(summary);
  await transcript.check('0 failed requests', () => failed === 0);
  await host.show('cgipool why search | tail -6');
}
