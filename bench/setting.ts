import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import type { Options } from './options.ts';
import type { Setting } from './results.ts';
import { trySh } from './shell.ts';
import { PM2_FOLDER } from './subjects/pm2.ts';

/** Commands that print the version of each program. */
const VERSION_COMMANDS: Record<string, string> = {
  systemd: "systemctl --version | sed -n '1s/^systemd [0-9]* (\\(.*\\))/\\1/p'",
  nginx: 'nginx -v 2>&1 | sed s:.*/::',
  node: 'node --version',
  pm2: `sed -n 's/^  "version": "\\(.*\\)".*/\\1/p' ${PM2_FOLDER}/node_modules/pm2/package.json`,
  supervisord: 'supervisord --version',
  uwsgi: 'uwsgi --version',
  passenger: "passenger --version | sed 's/.* //'",
  'php-fpm': "$(ls /usr/sbin/php-fpm* | tail -1) -v | sed -n '1s/^PHP \\([^ ]*\\).*/\\1/p'",
};

/** Describes the machine and the programs. */
export async function setting({ rounds, quick }: Options, seconds: number): Promise<Setting> {
  const versions: Record<string, string> = {};
  for (const [name, command] of Object.entries(VERSION_COMMANDS))
    versions[name] = (await trySh(command)).trim();
  versions.debian = readFileSync('/etc/debian_version', 'utf8').trim();
  return {
    date: new Date().toISOString(),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? '',
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    versions,
    rounds,
    quick,
    seconds,
  };
}
