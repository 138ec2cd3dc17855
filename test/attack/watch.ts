import { setTimeout } from 'node:timers/promises';
import type { Host } from '../../tools/machine/host.ts';

const INTERVAL_MS = 1000;
/** More than a program may grow while it is attacked, MB: garbage collectors take their time. */
const MAX_GROWTH_MB = 64;

/** Resident memory of each unit that matters, MB. */
async function memoryOf(m: Host): Promise<Map<string, number>> {
  const text = await m.run(
    `ps -eo rss=,unit= | awk '$2 ~ /^(cgipool|nginx)/ { sum[$2] += $1 } END { for (u in sum) print u, sum[u] / 1024 }'`,
  );
  const lines = text.split('\n').map(line => line.split(' '));
  return new Map(lines.map(([unit = '', megabytes]) => [unit, Number(megabytes)]));
}

/** What systemd and the programs say of crashes. */
const CRASH =
  'Failed with result|Scheduled restart job|code=dumped|core-dump|segfault|exited on signal|DAMN|WORKER TIMEOUT|Sanitizer|out of memory';

/** What a machine did while it was attacked. */
export interface Watched {
  /** Lines of the journal that tell of crashes. */
  crashes: string[];
  /** Of each unit: its memory at first, and its largest, MB. */
  memory: { unit: string; first: number; peak: number }[];
}

/** Notes a machine's memory and crashes while `during` runs. */
export async function watch(m: Host, during: () => Promise<unknown>): Promise<Watched> {
  const since = await m.mark();
  const [first, peak] = [new Map<string, number>(), new Map<string, number>()];
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      for (const [unit, now] of await memoryOf(m)) {
        if (!first.has(unit)) first.set(unit, now);
        peak.set(unit, Math.max(now, peak.get(unit) ?? 0));
      }
      await setTimeout(INTERVAL_MS);
    }
  })();
  await during().finally(() => {
    isOver = true;
  });
  await sampling;
  const said = await m.run(`journalctl -q -o short ${since} | grep -aE '${CRASH}' || true`);
  const memory = [...peak].map(([unit, most]) => ({ unit, first: first.get(unit) ?? 0, peak: most }));
  return { crashes: said.split('\n').filter(line => line !== ''), memory };
}

/** What is wrong with it: crashes, and memory without bounds. */
export const alarmsOf = ({ crashes, memory }: Watched): string[] => [
  ...crashes,
  ...memory
    .filter(({ first, peak }) => peak - first > MAX_GROWTH_MB)
    .map(({ unit, first, peak }) => `${unit} grew from ${Math.round(first)} to ${Math.round(peak)} MB`),
];
