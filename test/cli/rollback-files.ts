import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RollbackList } from '../../src/install/rollback/list.ts';
import { inside, type Ran, rootWith, write } from './cli.ts';

/** A pool file with ten ports. */
export const pool = (port: number, more = ''): string =>
  `[Pool]\nExec=/bin/sh %i\nPorts=${port}-${port + 9}\n${more}[Nginx]\nLocation=/p${port}\n`;
export const V1 = pool(8000);

/** A machine of files, with short names for what an administrator does to it. */
export class Files {
  readonly root: string;
  constructor(files: Record<string, string>) {
    this.root = rootWith(files);
  }
  path = (name: string): string => join(this.root, 'etc/cgipool', name);
  text = (name: string): string | null =>
    existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : null;
  mode = (name: string): number => statSync(this.path(name)).mode & 0o777;
  edit = (name: string, text: string): void => write(this.path(name), text);
  run = (...args: string[]): Promise<Ran> => inside('install', '--root', this.root, ...args);
  async install(name: string, text: string): Promise<void> {
    this.edit(name, text);
    const { code, err } = await this.run();
    assert.equal(code, 0, err);
  }
  async rollback(...args: string[]): Promise<string> {
    const { code, out, err } = await this.run('--rollback', ...args);
    assert.equal(code, 0, err);
    return out;
  }
  list = async (): Promise<RollbackList> => JSON.parse(await this.rollback('--list', '--json'));
  route = (): string => readFileSync(join(this.root, 'etc/nginx/cgipool/locations.conf'), 'utf8');
}

/** Such a machine, with these files installed. */
export async function installed(files: Record<string, string>): Promise<Files> {
  const made = new Files(files);
  assert.equal((await made.run()).code, 0);
  return made;
}
