import type { Host } from '../tools/machine/host.ts';
import type { Stage } from './stage.ts';
import { STEPS } from './steps/all.ts';
import { tracesOn } from './traces.ts';
import { Transcript } from './transcript.ts';

/** One that throws is the last: the others build on it. */
async function runSteps(stage: Stage): Promise<void> {
  try {
    for (const step of STEPS) await step(stage);
  } catch (error) {
    stage.transcript.miss('the rest of the demo', (error as Error).message);
  }
}

/**
 * Shows all steps of the demo, silent from when it is stopped; the exit status, which is 0 when everything was as it
 * should be.
 */
export async function show(host: Host, stopped = new AbortController().signal): Promise<number> {
  const began = Date.now();
  const transcript = new Transcript(stopped);
  await runSteps({ host, transcript, before: await tracesOn(host) });
  return transcript.end(Math.round((Date.now() - began) / 1000));
}
