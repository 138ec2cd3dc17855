import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { err, ok, type Result } from '../pool/result.ts';
import type { Bus } from './bus.ts';
import { readText, writeIfChanged } from './files.ts';
import { reloadUnit, unitProperty } from './systemd.ts';

const UNIT = 'nginx.service';
/** A reload shows in about 50 ms; a loaded machine gets a hundred times as long. */
const CONFIRM_WITHIN = 5_000;
const CONFIRM_EVERY = 10;

/** nginx's own words about its configuration as it is on disk; an error when it would not load. */
export async function testNginx(): Promise<Result<void>> {
  const run = await execa('nginx', ['-t', '-q'], {
    reject: false,
    all: true,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  if (!run.failed) return ok(undefined);
  if (run.code === 'ENOENT') return err('nginx is not installed: apt-get install nginx');
  return err(run.all?.trim() || run.shortMessage || 'nginx -t failed');
}

/** The generation that the running nginx serves, or null when it does not say. */
export async function servedGeneration(control: string): Promise<number | null> {
  try {
    const answer = await fetch(`http://${control}/generation`, {
      signal: AbortSignal.timeout(500),
      headers: { connection: 'close' },
    });
    return answer.ok ? Number((await answer.text()).trim()) : null;
  } catch {
    return null;
  }
}

export async function isNginxActive(bus: Bus): Promise<boolean> {
  return (await unitProperty(bus, UNIT, 'Unit', 'ActiveState')) === 'active';
}

async function confirm(control: string, generation: number | null): Promise<boolean> {
  const end = Date.now() + CONFIRM_WITHIN;
  while (Date.now() < end) {
    if ((await servedGeneration(control)) === generation) return true;
    await new Promise(resolve => setTimeout(resolve, CONFIRM_EVERY));
  }
  return false;
}

/** Path to text, or to null for a file that should not be there. */
export type Texts = ReadonlyMap<string, string | null>;

/** Makes the files be as given; returns what was there before, of those that differed. */
async function put(texts: Texts): Promise<Map<string, string | null>> {
  const before = new Map<string, string | null>();
  for (const [path, text] of texts) {
    const old = await readText(path);
    if (old === text) continue;
    before.set(path, old);
    if (text === null) await rm(path, { force: true });
    else await writeIfChanged(path, text);
  }
  return before;
}

async function activate(bus: Bus, control: string, generation: number | null): Promise<Result<void>> {
  if (!(await isNginxActive(bus))) return ok(undefined); // it reads the new text when it starts
  await reloadUnit(bus, UNIT);
  if (await confirm(control, generation)) return ok(undefined);
  return err(
    'nginx was reloaded but still answers by its old configuration: see journalctl -u nginx (a port in use?)',
  );
}

/**
 * Replaces files of nginx's configuration as one transaction: written, tested, reloaded, and confirmed by the
 * generation that nginx then tells at `control`, or with null by its silence there; otherwise the old texts are put
 * back and nginx goes on.
 */
export async function replaceConfig(
  bus: Bus,
  texts: Texts,
  control: string,
  generation: number | null,
): Promise<Result<void>> {
  const before = await put(texts);
  const tested = await testNginx();
  const done = tested.ok ? await activate(bus, control, generation) : tested;
  if (!done.ok) {
    await put(before);
    if (tested.ok) await reloadUnit(bus, UNIT);
  }
  return done;
}
