import { readFileSync } from 'node:fs';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** The identity of this boot; empty if it is not known. A sandbox that hides the file has it in its environment: %b of systemd.unit(5). */
export function bootId(): string {
  if (process.env.CGIPOOL_BOOT) return process.env.CGIPOOL_BOOT;
  try {
    return readFileSync(BOOT_ID, 'utf8').trim().replaceAll('-', '');
  } catch {
    return '';
  }
}
