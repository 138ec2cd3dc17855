import { isSpec } from '../../controller/scale-range.ts';
import { ask } from '../client.ts';
import { Failure } from '../failure.ts';

/** `cgipool scale POOL SPEC` */
export async function scale(pool: string, spec: string): Promise<void> {
  if (!isSpec(spec)) throw new Failure(`${spec}: give a number (3), a range (2..5) or auto`, 2);
  await ask('Scale', pool, spec);
  console.log(
    spec === 'auto'
      ? `${pool}: by its pool file again`
      : `${pool}: ${spec} until cgipool scale ${pool} auto or a reboot`,
  );
}

/** `cgipool restart POOL` */
export async function restart(pool: string): Promise<void> {
  await ask('Restart', pool);
  console.log(`${pool}: rolling restart begun; see cgipool status ${pool}`);
}

/** `cgipool start POOL` */
export async function start(pool: string): Promise<void> {
  await ask('Start', pool);
  console.log(`${pool}: starting`);
}

/** `cgipool stop POOL` */
export async function stop(pool: string): Promise<void> {
  await ask('Stop', pool);
  console.log(`${pool}: stopping when drained; cgipool start ${pool} or a reboot brings it back`);
}
