import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type Deed, hold } from '../mallory.ts';

const FOLDERS = ['/tmp', '/var/tmp', '/run/lock', '/dev/shm'];
const NAMES = [
  'cgipool',
  'cgipool.lock',
  'cgipool-install',
  'cgipool.tmp',
  'nginx',
  'nginx.lock',
  'upstreams.conf',
];
const KINDS: readonly ((path: string) => void)[] = [
  path => symlinkSync('/etc/shadow', path),
  path => symlinkSync('/etc/nginx/cgipool/upstreams.conf', path),
  path => spawnSync('/usr/bin/mkfifo', [path]),
  path => mkdirSync(path),
  path => writeFileSync(path, '99999', { flag: 'wx' }),
];

function make(kind: (path: string) => void, path: string): void {
  try {
    kind(path);
  } catch {
    // a folder that is not everybody's
  }
}

/** Puts files where a careless program of root's might make its own. */
export const temporaryFiles: Deed = async mallory => {
  const { dice } = mallory;
  const paths = FOLDERS.flatMap(folder => NAMES.map(name => `${folder}/${name}`));
  for (const path of paths) make(dice.pick(KINDS) ?? (() => {}), path);
  await hold(dice.between(2_000, 5_000), mallory);
  for (const path of paths) rmSync(path, { recursive: true, force: true });
};
