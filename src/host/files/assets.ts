import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds units/ and nginx/: beside the installed program, or the top of a checkout. */
function home(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'units')) && folder !== '/') folder = dirname(folder);
  return folder;
}

/** Path of the running program, as units start it. */
export const program = (): Promise<string> => realpath(process.argv[1] ?? '');

async function readFolder(folder: string): Promise<[string, string][]> {
  const entries = await readdir(join(home(), folder), { withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => `${folder}/${entry.name}`);
  return Promise.all(files.map(async file => [file, await readFile(join(home(), file), 'utf8')]));
}

const readAll = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await Promise.all(['units', 'nginx'].map(readFolder))).flat());

let assets: Promise<Record<string, string>> | undefined;

/** The text of every file in units/ and nginx/, by its path; read once. */
export function readAssets(): Promise<Record<string, string>> {
  assets ??= readAll();
  return assets;
}
