import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { top } from '../../tools/machine/host.ts';

/** What a copy does not have, or not of its own. */
const NOT_COPIED = ['.git', 'node_modules'];

/** A copy of this checkout in a new folder whose path begins so; it goes with this process. */
export function copyCheckout(prefix: string): string {
  const folder = mkdtempSync(prefix);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  // with the times, by which install.sh knows that it is built
  for (const name of readdirSync(top).filter(name => !NOT_COPIED.includes(name)))
    cpSync(`${top}/${name}`, `${folder}/${name}`, { recursive: true, preserveTimestamps: true });
  symlinkSync(`${top}/node_modules`, `${folder}/node_modules`);
  return folder;
}
