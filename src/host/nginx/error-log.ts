import { open, stat } from 'node:fs/promises';

/** Debian's default; an administrator's error_log may be elsewhere. */
export const ERROR_LOG = '/var/log/nginx/error.log';
/** Far more than a failed reload writes. */
const MAX_LOG_BYTES = 65_536;

/** Current length of nginx's error log, bytes; 0 when there is none. */
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

/** Why nginx refused a configuration after `offset` of the log, in its own words; null when it logged nothing. */
export async function refusalSince(offset: number): Promise<string | null> {
  const lines = (await textFrom(offset).catch(() => '')).split('\n');
  const errors = lines.flatMap(line => /\[emerg\] \S+ (.*)/.exec(line)?.[1] ?? []);
  return errors.find(error => error.startsWith('bind()')) ?? errors.at(-1) ?? null;
}
