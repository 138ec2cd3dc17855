import type { Host } from '../tools/machine/host.ts';
import type { Stage } from './stage.ts';
import { STEPS } from './steps/all.ts';
import { tracesOn } from './traces.ts';
import { Transcript } from './transcript.ts';

/** Runs the steps up to the first that throws: each builds on those before it. */
async function runSteps(stage: Stage): Promise<void> {
  try {
    for (const step of STEPS) await step(stage);
  } catch (error) {
    stage.transcript.miss('the rest of the demo', (error as Error).message);
  }
}

/** Runs all steps of the demo; returns the exit status, 0 if every check passed. Prints nothing more once `stopped`. */
export async function show(host: Host, stopped = new AbortController().signal): Promise<number> {
  const began = Date.now();
  const transcript = new Transcript(stopped);
  await runSteps({ host, transcript, before: await tracesOn(host) });
  return transcript.end(Math.round((Date.now() - began) / 1000));
}
