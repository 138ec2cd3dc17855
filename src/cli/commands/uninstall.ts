import { poolFilesLeft, uninstallHere } from '../../install/uninstall.ts';
import { paths } from '../../model/paths.ts';
import { Failure, requireRoot } from '../failure.ts';
import { printProblems } from '../output.ts';

/** `cgipool uninstall [--purge]` */
export async function uninstall({ purge = false }: { purge?: boolean }): Promise<void> {
  requireRoot('cgipool uninstall');
  const done = await uninstallHere(purge);
  if (!done.ok) throw new Failure(done.error);
  const { removed, left, warnings } = done.value;
  for (const path of removed) console.log(`- ${path}`);
  printProblems([], warnings);
  for (const path of left) console.log(`kept ${path}, which is not cgipool's`);
  console.log(removed.length > 0 ? 'stopped all pools and removed them from nginx' : 'nothing was installed');
  if (await poolFilesLeft()) console.log(`your pool files remain in ${paths.pools} (--purge removes them)`);
}
