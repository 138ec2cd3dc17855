import { closeSync, constants, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Deed, hold, type Mallory } from '../mallory.ts';

const FOLDERS = [
  ...['/etc/cgipool', '/etc/nginx', '/etc/systemd/system', '/etc/polkit-1', '/var/lib/cgipool'],
  ...['/run/cgipool', '/run/cgipool-controller', '/run/cgipool-publish', '/run/cgipool-metrics'],
  ...['/run/systemd', '/run/credentials', '/var/log/nginx', '/var/lib/nginx', '/tmp', '/run/lock'],
];
const OF_PROCESSES = ['cmdline', 'environ', 'maps', 'stack', 'auxv', 'net/unix', 'net/tcp', 'fd'];
/** More would be the same over and over, bytes. */
const MAX_BYTES = 256 * 1024;

/** What he can read of a file; never waits for a FIFO. */
function textOf(path: string): string {
  try {
    if (!/^\/proc\//.test(path) && !statSync(path).isFile()) return '';
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(MAX_BYTES);
    try {
      return buffer.toString('latin1', 0, readSync(file, buffer));
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  }
}

/** Opens a file for writing and leaves it as it is; tells if it works. */
function pry(path: string, { loot }: Mallory): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK));
    loot.breach(`may write ${path}`);
  } catch {
    // as it should be
  }
}

function listed(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

const processes = (): string[] => readdirSync('/proc').filter(name => /^\d+$/.test(name));

/** Reads whatever he can of cgipool, nginx and every process, and tries to write it. */
export const files: Deed = async mallory => {
  for (const folder of FOLDERS) {
    for (const path of listed(folder)) {
      mallory.loot.learn(textOf(path));
      if (folder.includes('cgipool')) pry(path, mallory);
    }
    await hold(10, mallory);
  }
  for (const pid of processes())
    for (const name of OF_PROCESSES) mallory.loot.learn(textOf(`/proc/${pid}/${name}`));
};
