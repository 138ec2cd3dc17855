import { join } from 'node:path';
import { readFleet } from '../../install/compare/sources.ts';
import { readInstalled } from '../../install/installed-store.ts';
import { Machine } from '../../install/machine.ts';
import { noSuchPool, POOL_NAME, poolFileOf } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import { gather } from '../describe/gather.ts';
import { descriptionText } from '../describe/text.ts';
import { Failure, requireRoot } from '../failure.ts';

interface DescribeOptions {
  json?: boolean;
  showSecrets?: boolean;
}

/** The record is for root and the group cgipool: others go by the pool file, if they may read that. */
async function poolByFile(name: string): Promise<Pool> {
  const file = join(paths.pools, poolFileOf(name));
  const { pools } = await readFleet(new Machine(), [file]);
  if (pools[0]) return pools[0];
  throw new Failure(`${file} cannot be read, or has a mistake: use sudo cgipool describe ${name}`);
}

async function installedPool(name: string): Promise<Pool> {
  // readable or not, it is there
  const installed = await readInstalled(new Machine()).catch(() => undefined);
  if (installed === undefined) return poolByFile(name);
  const pools = (installed?.pools ?? []).map(({ pool }) => pool);
  const found = pools.find(pool => pool.name === name);
  if (found) return found;
  throw new Failure(
    noSuchPool(
      name,
      pools.map(pool => pool.name),
    ),
  );
}

/** `cgipool describe POOL [--json] [--show-secrets]` */
export async function describe(name: string, { json, showSecrets = false }: DescribeOptions): Promise<void> {
  if (!POOL_NAME.test(name)) throw new Failure(`${name} is not a valid pool name`, 2);
  if (showSecrets) requireRoot('cgipool describe --show-secrets', 'reads files that only root can read');
  const found = await gather(await installedPool(name), showSecrets);
  console.log(json ? JSON.stringify(found, null, 2) : descriptionText(found));
}
