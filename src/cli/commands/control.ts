import { isSpec } from '../../controller/scale-range.ts';
import { ask } from '../client.ts';
import { Failure } from '../failure.ts';

/** `cgipool scale POOL SPEC` */
export async function scale(pool: string, spec: string): Promise<void> {
  if (!isSpec(spec)) throw new Failure(`${spec} is not valid: use a number (3), a range (2..5) or auto`, 2);
  await ask('Scale', pool, spec);
  console.log(
    spec === 'auto'
      ? `${pool}: scaled by its pool file again`
      : `${pool}: scaled to ${spec} until cgipool scale ${pool} auto or a reboot`,
  );
}

/** `cgipool restart POOL` */
export async function restart(pool: string): Promise<void> {
  await ask('Restart', pool);
  console.log(`${pool}: rolling restart started; see cgipool status ${pool}`);
}

/** `cgipool start POOL` */
export async function start(pool: string): Promise<void> {
  await ask('Start', pool);
  console.log(`${pool}: starting`);
}

/** `cgipool stop POOL` */
export async function stop(pool: string): Promise<void> {
  await ask('Stop', pool);
  console.log(`${pool}: draining, then stopping; cgipool start ${pool} or a reboot starts it again`);
}
