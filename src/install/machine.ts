import { mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readJson, readText, writeFileAtomic, writeIfChanged } from '../host/files/files.ts';

/** Folders of our own: what is empty of them goes with its last file. */
const OWN_FOLDER = /\/(cgipool|[^/]*\.service\.d)$/;

/** The machine that an install makes as the pool files say: this one, or an image below another root. */
export class Machine {
  readonly root: string;

  constructor(root = '/') {
    this.root = resolve(root);
  }

  /** The one that runs this program, where daemons can be told. */
  get isHere(): boolean {
    return this.root === '/';
  }

  /** Where an absolute path of the machine is. */
  at(path: string): string {
    return join(this.root, path);
  }

  /** The file's text, or null when there is none. */
  readText(path: string): Promise<string | null> {
    return readText(this.at(path));
  }

  /** The file's JSON, or null when there is none or it is no JSON. */
  readJson(path: string): Promise<unknown> {
    return readJson(this.at(path));
  }

  /** Replaces a file as a whole, and makes its folders. */
  write(path: string, text: string, mode?: number): Promise<void> {
    return writeFileAtomic(this.at(path), text, mode);
  }

  /** Like write, but leaves an equal file alone. Tells whether it wrote. */
  writeIfChanged(path: string, text: string): Promise<boolean> {
    return writeIfChanged(this.at(path), text);
  }

  async makeFolder(path: string): Promise<void> {
    await mkdir(this.at(path), { recursive: true });
  }

  /** Removes a file, and the folders of ours that it leaves empty. */
  async remove(path: string): Promise<void> {
    await rm(this.at(path), { force: true });
    for (let folder = dirname(path); OWN_FOLDER.test(folder); folder = dirname(folder))
      await rmdir(this.at(folder)).catch(() => {});
  }

  /** Whether there is a file that may be executed. */
  isExecutable(path: string): Promise<boolean> {
    return stat(this.at(path)).then(
      found => found.isFile() && (found.mode & 0o111) !== 0,
      () => false,
    );
  }
}
