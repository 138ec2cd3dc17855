import type { Stage } from '../stage.ts';

const TEN = `for _ in {1..10}; do curl -s 'http://localhost/api/search?q=c&delay=100' & done; wait`;

/** How many answers each process gave, by its id. */
function countOf(pids: readonly string[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const pid of pids.toSorted()) count.set(pid, (count.get(pid) ?? 0) + 1);
  return count;
}

export async function balance({ host, transcript }: Stage): Promise<void> {
  transcript.title('process isolation and load balancing: 10 requests at once');
  const pids = [...(await host.run(TEN)).matchAll(/"pid": (\d+)/g)].map(([, pid = '']) => pid);
  const count = countOf(pids);
  for (const [pid, answers] of count) transcript.note(`PID ${pid} answered ${answers}`);
  await transcript.check('all 10 were answered', () => pids.length === 10);
  await transcript.check('by several PIDs', () => count.size >= 2);
}
