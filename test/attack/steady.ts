import type { Host } from '../../tools/machine/host.ts';
import type { Fate, Get, SteadyLoad } from './inside/steady.ts';

const STOP = '/run/steady-stop';
const PER_SECOND = 4;

/** Sends correct GETs to each pool while `during` runs; tells what became of them. */
export async function underSteadyLoad(
  m: Host,
  gets: readonly Get[],
  during: () => Promise<unknown>,
): Promise<Fate[]> {
  const load: SteadyLoad = { stop: STOP, perSecond: PER_SECOND, gets };
  await m.run(`rm -f ${STOP}`);
  const asking = m.run(`${process.execPath} --import tsx test/attack/inside/steady.ts`, JSON.stringify(load));
  // whoever fails in the meantime never awaits it
  asking.catch(() => {});
  await during().finally(() => m.run(`touch ${STOP}`));
  return JSON.parse(await asking) as Fate[];
}

/** What is wrong with it: lost and foreign answers. */
export const problemsOf = (fates: readonly Fate[]): string[] =>
  fates.flatMap(({ pool, sent, lost, wrong }) => [
    ...(sent === 0 ? [`${pool}: no GET was sent`] : []),
    ...lost.map(what => `${pool}: a GET was lost: ${what}`),
    ...wrong.map(what => `${pool}: a GET got another answer: ${what}`),
  ]);
