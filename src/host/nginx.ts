import { execa } from 'execa';
import { err, ok, type Result } from '../pool/result.ts';
import type { Bus } from './bus.ts';
import { dropOld, putBack, swapIn, type Texts } from './swap.ts';
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

async function confirm(control: string, generation: number): Promise<boolean> {
  const end = Date.now() + CONFIRM_WITHIN;
  while (Date.now() < end) {
    if ((await servedGeneration(control)) === generation) return true;
    await new Promise(resolve => setTimeout(resolve, CONFIRM_EVERY));
  }
  return false;
}

async function activate(bus: Bus, control: string, generation: number): Promise<Result<void>> {
  if (!(await isNginxActive(bus))) return ok(undefined); // it reads the new text when it starts
  await reloadUnit(bus, UNIT);
  if (await confirm(control, generation)) return ok(undefined);
  return err(
    'nginx was reloaded but still answers by its old configuration: see journalctl -u nginx (a port in use?)',
  );
}

/**
 * Replaces files of nginx's configuration as one transaction: written, tested, reloaded, and confirmed by the
 * generation that nginx then tells at `control`; otherwise the old texts are put back and nginx goes on.
 */
export async function replaceConfig(
  bus: Bus,
  texts: Texts,
  control: string,
  generation: number,
): Promise<Result<void>> {
  const changed = await swapIn(texts);
  const tested = await testNginx();
  const done = tested.ok ? await activate(bus, control, generation) : tested;
  if (done.ok) await dropOld(changed);
  else {
    await putBack(changed);
    if (tested.ok) await reloadUnit(bus, UNIT);
  }
  return done;
}
