import { cpuOf } from '../processes.ts';
import { ready } from '../ready.ts';
import type { Context, Row } from '../row.ts';
import type { Subject } from '../subject.ts';

const SIZES = [50, 200];

const managersOf = async (subject: Subject): Promise<number[]> => [
  ...new Set([...(await subject.managers()), ...(subject.onSystemd ? [1] : [])]),
];

async function spawnSome(subject: Subject, count: number, { notes }: Context): Promise<void> {
  await subject.layOut(count);
  const before = cpuOf(await managersOf(subject));
  const began = performance.now();
  await subject.start(count);
  const isUp = (await ready(subject, count)) !== null;
  const took = (performance.now() - began) / 1000;
  notes.add('spawn', subject.name, `${count} workers`, 's', isUp ? took : null);
  notes.add(
    'spawn',
    subject.name,
    `CPU of the manager, ${count}`,
    's',
    (cpuOf(await managersOf(subject)) - before) / 1000,
  );
  await subject.stop();
}

/** From the command until all workers answer through nginx. */
export const spawn: Row = {
  name: 'spawn',
  workers: 0,
  async measure(subject, context) {
    for (const count of context.quick ? [20] : SIZES) {
      if (count <= (subject.most?.count ?? Infinity)) await spawnSome(subject, count, context);
      else context.notes.gap('spawn', subject.name, `not with ${count}: ${subject.most?.why}`);
    }
  },
};
