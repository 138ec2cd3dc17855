import { mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readJson, readText, writeFileAtomic, writeIfChanged } from '../host/files/files.ts';

/** Directories of our own, removed with their last file. */
const OWN_FOLDER = /\/(cgipool|[^/]*\.service\.d)$/;

/** The machine to install on: this one, or an image below another root. */
export class Machine {
  readonly root: string;

  constructor(root = '/') {
    this.root = resolve(root);
  }

  /** Whether it is this machine, whose daemons can be reached. */
  get isHere(): boolean {
    return this.root === '/';
  }

  /** Where an absolute path of the machine is from here. */
  at(path: string): string {
    return join(this.root, path);
  }

  /** The file's text; null if there is no file. */
  readText(path: string): Promise<string | null> {
    return readText(this.at(path));
  }

  /** The file's JSON; null if there is no file or it is not JSON. */
  readJson(path: string): Promise<unknown> {
    return readJson(this.at(path));
  }

  /** Replaces a file atomically, and creates its directories. */
  write(path: string, text: string, mode?: number): Promise<void> {
    return writeFileAtomic(this.at(path), text, mode);
  }

  /** Like write, but leaves an equal file alone. Returns whether it wrote. */
  writeIfChanged(path: string, text: string): Promise<boolean> {
    return writeIfChanged(this.at(path), text);
  }

  async makeFolder(path: string): Promise<void> {
    await mkdir(this.at(path), { recursive: true });
  }

  /** Removes a file, and directories of ours that it leaves empty. */
  async remove(path: string): Promise<void> {
    await rm(this.at(path), { force: true });
    for (let folder = dirname(path); OWN_FOLDER.test(folder); folder = dirname(folder))
      await rmdir(this.at(folder)).catch(() => {});
  }

  /** Whether there is an executable file. */
  isExecutable(path: string): Promise<boolean> {
    return stat(this.at(path)).then(
      found => found.isFile() && (found.mode & 0o111) !== 0,
      () => false,
    );
  }
}
