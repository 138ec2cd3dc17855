import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/*
 * Files that others may write: an unprivileged user's, a worker's, or one that an administrator only named. It may be a FIFO
 * that nobody writes to, a device without an end, a link to another's file, or it may grow while it is read.
 */

/** What a file must be like to be read. */
export interface Limits {
  maxBytes: number;
  /** What becomes of a longer one. A file of the kernel's does not tell its length. */
  longer: 'is refused' | 'is cut';
  /** Symbolic links, and other names of the same file: to be refused where they may be somebody's to whom the file is closed. */
  links: 'are refused' | 'are followed';
  /** Where to begin, bytes. */
  from?: number;
}

export interface ForeignFile {
  text: string;
  /** Permission bits. */
  mode: number;
  /** By the time of day, ms since the epoch. */
  modifiedAt: number;
}

// NONBLOCK: the open of a FIFO must not wait for a writer
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

const flagsFor = ({ links }: Limits): number =>
  links === 'are followed' ? FLAGS : FLAGS | constants.O_NOFOLLOW;

/** With a code as the file system's own errors have it. */
const unfit = (code: string, message: string): Error => Object.assign(new Error(message), { code });

function requireFit(found: Stats, { maxBytes, longer, links }: Limits): void {
  if (found.isDirectory()) throw unfit('EISDIR', 'it is a directory');
  if (!found.isFile()) throw unfit('ENXIO', 'not a regular file');
  if (links === 'are refused' && found.nlink > 1) throw unfit('EMLINK', 'it has a second name');
  if (longer === 'is refused' && found.size > maxBytes) throw unfit('EFBIG', `larger than ${maxBytes} bytes`);
}

async function readOpen(file: FileHandle, limits: Limits): Promise<ForeignFile> {
  const found = await file.stat();
  requireFit(found, limits);
  const { maxBytes, from = 0 } = limits;
  // no more than was checked: it may grow meanwhile. A file of /proc has size 0, whatever is in it
  const length = Math.min(found.size > from ? found.size - from : maxBytes, maxBytes);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
  const text = buffer.toString('utf8', 0, bytesRead);
  return { text, mode: found.mode & 0o7777, modifiedAt: found.mtimeMs };
}

/**
 * Reads a file that others may write, without waiting for anybody and within bounds; null when there is none. Throws when it
 * is not as the limits say, and the errors of the file system.
 */
export async function readForeign(path: string, limits: Limits): Promise<ForeignFile | null> {
  const file = await open(path, flagsFor(limits)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return null;
  try {
    return await readOpen(file, limits);
  } finally {
    await file.close();
  }
}

/** Longer than any number this reads, bytes. */
const MAX_NUMBER_BYTES = 64;

/** A number that stands in a file. */
export interface ForeignNumber {
  value: number;
  /** By the time of day, ms since the epoch. */
  modifiedAt: number;
}

/** The number that a file consists of; null when it is missing, not readable, no regular file, or holds anything else. */
export async function readNumber(path: string, links: Limits['links']): Promise<ForeignNumber | null> {
  const limits: Limits = { maxBytes: MAX_NUMBER_BYTES, longer: 'is cut', links };
  const found = await readForeign(path, limits).catch(() => null);
  const text = found?.text.trim() ?? '';
  return found && /^\d{1,15}(\.\d{1,9})?$/.test(text)
    ? { value: Number(text), modifiedAt: found.modifiedAt }
    : null;
}
