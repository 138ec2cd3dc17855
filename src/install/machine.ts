import { chmod, mkdir, readdir, readlink, rm, rmdir, stat, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileMode, parseJson, writeFileAtomic } from '../host/files/files.ts';
import { type ForeignFile, type Limits, readForeign } from '../host/files/foreign.ts';
import { type LastLink, withinRoot } from '../host/files/within-root.ts';

/** Directories of our own, and those of a package that need not be there: removed with their last file. */
const OWN_FOLDER = /\/(cgipool|[^/]*\.service\.(d|wants))$|^\/etc\/needrestart(\/conf\.d)?$/;

/** An image may be anybody's work. The largest file is the record of what is installed. */
const LIMITS: Limits = { maxBytes: 64 * 1024 * 1024, longer: 'is refused', links: 'are followed' };

/** The machine to install on: this one, or an image below another root, whose links lead nowhere outside of it. */
export class Machine {
  readonly root: string;

  constructor(root = '/') {
    this.root = resolve(root);
  }

  /** Whether it is this machine, whose daemons can be reached. */
  get isHere(): boolean {
    return this.root === '/';
  }

  /** An absolute path of the machine as messages show it. To be read or written at locate(). */
  at(path: string): string {
    return join(this.root, path);
  }

  /** Where an absolute path of the machine is from here, its links resolved within the root. */
  async locate(path: string, last: LastLink = 'follow'): Promise<string> {
    return this.isHere ? path : withinRoot(this.root, path, last);
  }

  /** Reads a file that may be anybody's; see readForeign. */
  async read(path: string, limits: Limits): Promise<ForeignFile | null> {
    return readForeign(await this.locate(path), limits);
  }

  /** The file's text; null if there is no file, empty if it is a device, a FIFO or a socket. */
  async readText(path: string): Promise<string | null> {
    const found = await this.read(path, LIMITS).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENXIO') return { text: '' };
      throw new Error(`${this.at(path)}: ${error.message}`, { cause: error });
    });
    return found?.text ?? null;
  }

  /** The file's JSON; null if there is no file or it is not JSON. */
  async readJson(path: string): Promise<unknown> {
    return parseJson((await this.readText(path)) ?? 'null');
  }

  /** The names in a directory; throws if there is none. */
  async list(path: string): Promise<string[]> {
    return readdir(await this.locate(path));
  }

  /** Replaces a file atomically, and creates its directories. */
  async write(path: string, text: string, mode?: number): Promise<void> {
    return writeFileAtomic(await this.locate(path, 'keep'), text, mode);
  }

  /** Like write, but leaves a file alone whose text and mode are the same. Returns whether it wrote. */
  async writeIfChanged(path: string, text: string, mode = 0o644): Promise<boolean> {
    if ((await this.readText(path)) === text && [mode, null].includes(await this.modeOf(path))) return false;
    await this.write(path, text, mode);
    return true;
  }

  /** The permission bits of a file; null if there is none, or something else than a regular file. */
  async modeOf(path: string): Promise<number | null> {
    return fileMode(await this.locate(path, 'keep'));
  }

  /** Changes the permission bits of a regular file, and not its times. */
  async setMode(path: string, mode: number): Promise<void> {
    await chmod(await this.locate(path, 'keep'), mode);
  }

  async makeFolder(path: string): Promise<void> {
    await mkdir(await this.locate(path), { recursive: true });
  }

  /** Makes a symbolic link, in place of a file or another link. */
  async link(path: string, target: string): Promise<void> {
    const at = await this.locate(path, 'keep');
    if ((await readlink(at).catch(() => null)) === target) return;
    await mkdir(dirname(at), { recursive: true });
    await rm(at, { force: true });
    await symlink(target, at);
  }

  /** Removes a file, and directories of ours that it leaves empty. */
  async remove(path: string): Promise<void> {
    await rm(await this.locate(path, 'keep'), { force: true });
    for (let folder = dirname(path); OWN_FOLDER.test(folder); folder = dirname(folder))
      await rmdir(await this.locate(folder, 'keep')).catch(() => {});
  }

  /** Whether there is an executable file. */
  async isExecutable(path: string): Promise<boolean> {
    return stat(await this.locate(path)).then(
      found => found.isFile() && (found.mode & 0o111) !== 0,
      () => false,
    );
  }
}
