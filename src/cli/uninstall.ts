import { paths } from '../host/paths.ts';
import { poolFilesLeft, uninstallHere } from '../install/uninstall.ts';
import { requireRoot } from './root.ts';

/** `cgipool uninstall [--purge]` */
export async function uninstall({ purge = false }: { purge?: boolean }): Promise<void> {
  requireRoot('cgipool uninstall');
  for (const path of await uninstallHere(purge)) console.log(`- ${path}`);
  console.log('all pools are stopped and gone from nginx');
  if (await poolFilesLeft())
    console.log(`your pool files are still in ${paths.pools} (--purge removes them)`);
}
