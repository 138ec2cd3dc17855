import { paths } from '../host/paths.ts';
import { poolFilesLeft, uninstallHere } from '../install/uninstall.ts';
import { tellProblems } from './check.ts';
import { Failure } from './failure.ts';
import { requireRoot } from './root.ts';

/** `cgipool uninstall [--purge]` */
export async function uninstall({ purge = false }: { purge?: boolean }): Promise<void> {
  requireRoot('cgipool uninstall');
  const done = await uninstallHere(purge);
  if (!done.ok) throw new Failure(done.error);
  const { removed, warnings } = done.value;
  for (const path of removed) console.log(`- ${path}`);
  tellProblems([], warnings);
  console.log(removed.length > 0 ? 'all pools are stopped and gone from nginx' : 'nothing was installed');
  if (await poolFilesLeft())
    console.log(`your pool files are still in ${paths.pools} (--purge removes them)`);
}
