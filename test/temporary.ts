import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory below the system's temporary one; it goes with this process. */
export function temporary(name: string): string {
  const made = mkdtempSync(join(tmpdir(), `cgipool-${name}-`));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}
