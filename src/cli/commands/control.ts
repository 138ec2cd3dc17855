import { isSpec } from '../../controller/scale-range.ts';
import { ask } from '../client.ts';
import { Failure } from '../failure.ts';
import { follow } from '../rollout/follow.ts';
import { type Goal, isScaled, isStopped, serves } from '../rollout/verdict.ts';

interface ControlOptions {
  wait?: boolean;
}

/** Says what was asked for and where to look, or waits for it. */
async function finish(
  pool: string,
  text: string,
  { wait }: ControlOptions,
  goal: Goal,
  what: string,
): Promise<void> {
  console.log(`${pool}: ${text}`);
  if (wait) await follow(pool, goal, what);
}

/** `cgipool scale POOL SPEC [--wait]` */
export async function scale(pool: string, spec: string, options: ControlOptions): Promise<void> {
  if (!isSpec(spec)) throw new Failure(`${spec} is not valid: use a number (3), a range (2..5) or auto`, 2);
  await ask('Scale', pool, spec);
  const text =
    spec === 'auto'
      ? 'scaled by its pool file again'
      : `scaled to ${spec} until cgipool scale ${pool} auto or a reboot`;
  await finish(pool, text, options, isScaled, 'is not scaled');
}

/** `cgipool restart POOL [--wait]` */
export async function restart(pool: string, options: ControlOptions): Promise<void> {
  await ask('Restart', pool);
  const text = `rolling restart started${options.wait ? '' : `; see cgipool status ${pool}`}`;
  await finish(pool, text, options, serves, 'did not come up again');
}

/** `cgipool start POOL [--wait]` */
export async function start(pool: string, options: ControlOptions): Promise<void> {
  await ask('Start', pool);
  await finish(pool, 'starting', options, serves, 'did not come up');
}

/** `cgipool stop POOL [--wait]` */
export async function stop(pool: string, options: ControlOptions): Promise<void> {
  await ask('Stop', pool);
  const text = `draining, then stopping; cgipool start ${pool} or a reboot starts it again`;
  await finish(pool, text, options, isStopped, 'did not stop');
}
