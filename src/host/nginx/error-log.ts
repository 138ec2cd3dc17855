import { open, stat } from 'node:fs/promises';

/** Debian's place; an administrator's error_log may be elsewhere. */
export const ERROR_LOG = '/var/log/nginx/error.log';
/** Far more than a failed reload writes. */
const MAX_LOG_BYTES = 65_536;

/** How long nginx's error log is now, in bytes; 0 when there is none. */
export const logLength = (): Promise<number> =>
  stat(ERROR_LOG).then(
    found => found.size,
    () => 0,
  );

async function textFrom(offset: number): Promise<string> {
  const file = await open(ERROR_LOG);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LOG_BYTES), 0, MAX_LOG_BYTES, offset);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The last thing since then for which nginx refused a configuration, in its own words; null when it wrote none. */
export async function refusalSince(offset: number): Promise<string | null> {
  const lines = (await textFrom(offset).catch(() => '')).split('\n');
  const words = lines.flatMap(line => /\[emerg\] \S+ (.*)/.exec(line)?.[1] ?? []);
  return words.find(word => word.startsWith('bind()')) ?? words.at(-1) ?? null;
}
