import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../../base/result.ts';
import type { Bus } from '../systemd/bus.ts';
import { reloadUnit, signalMain, unitProperty } from '../systemd/systemd.ts';
import { becomesTrue, type PollOptions } from '../wait.ts';
import { ERROR_LOG, logLength, refusalSince } from './error-log.ts';
import { type ConfigTexts, commit, rollBack, stage } from './transaction.ts';
import { acceptingWorkers, haveStoppedAccepting } from './workers.ts';

const UNIT = 'nginx.service';
/** A reload shows in about 50 ms; a loaded machine gets a hundred times as long. */
const CONFIRM_POLL: PollOptions = { interval: 10, timeout: 5_000 };
/** ms; it is nginx's own answer, from a process that may just be ending. */
const ANSWER_TIMEOUT_MS = 500;

/** nginx's words about a module that it lacks name no package, and those about a variable no line. */
const CURES: readonly (readonly [words: RegExp, cure: string])[] = [
  [/unknown directive "stream"/, 'Protocol=tcp needs the stream module: apt-get install libnginx-mod-stream'],
  [
    /unknown "\w+" variable|invalid variable name/,
    "nginx names no line for it; where it is a pool's: grep -n '^Set=' /etc/cgipool/*.pool",
  ],
];

function withCure(words: string): string {
  const cure = CURES.find(([pattern]) => pattern.test(words))?.[1];
  return cure === undefined ? words : `${words}; ${cure}`;
}

/** How execFile tells of a program that failed, or is not there. */
type ExecFailure = Error & { code?: string | number; stderr?: string };

/** nginx's own words about its configuration as it is on disk; an error when it would not load. */
export async function testNginx(): Promise<Result<void>> {
  const env = { ...process.env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  try {
    // Node's own: at each publish execa would cost as much time again as nginx takes
    await promisify(execFile)('nginx', ['-t', '-q'], { env });
    return ok(undefined);
  } catch (error) {
    const { code, stderr = '', message } = error as ExecFailure;
    if (code === 'ENOENT') return err('nginx is not installed: apt-get install nginx');
    return err(withCure(stderr.trim() || message));
  }
}

/** The generation that the running nginx serves, or null when it does not say. */
export async function servedGeneration(control: string): Promise<number | null> {
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    // Node's plain client: fetch takes 30 ms to load, and a worker that is back waits for it
    const [answer] = await once(get(`http://${control}/generation`, { agent: false, signal }), 'response');
    const body = await text(answer);
    return answer.statusCode === 200 ? Number(body.trim()) : null;
  } catch {
    return null;
  }
}

/** Runs, or is just reading its configuration, and so perhaps an older one than is on disk. */
export async function isNginxUp(bus: Bus): Promise<boolean> {
  const state = await unitProperty(bus, UNIT, 'Unit', 'ActiveState');
  return state === 'active' || state === 'reloading' || state === 'activating';
}

/**
 * By the signal that `systemctl reload` comes down to: that would start another nginx, which reads all texts once more
 * only to send it. Where systemd knows no main process of nginx it is asked for the whole.
 */
const reload = (bus: Bus): Promise<unknown> =>
  signalMain(bus, UNIT, constants.signals.SIGHUP).catch(() => reloadUnit(bus, UNIT));

async function activate(bus: Bus, control: string, generation: number | null): Promise<Result<void>> {
  if (!(await isNginxUp(bus))) return ok(undefined); // it reads the new text when it starts
  const [length, old] = [await logLength(), await acceptingWorkers(bus)];
  await reload(bus);
  if (await becomesTrue(async () => (await servedGeneration(control)) === generation, CONFIRM_POLL)) {
    // side by side with the new for 100 ms and more, they would send requests to instances that are about to be stopped
    await becomesTrue(() => haveStoppedAccepting(old), CONFIRM_POLL);
    return ok(undefined);
  }
  const words = (await refusalSince(length)) ?? `see ${ERROR_LOG}`;
  return err(`nginx was reloaded but goes on with its old configuration (a port that is taken?): ${words}`);
}

const failed = (error: Error): Result<void> => err(error.message);

/** A reload only where the new text passed the test: it may have been taken up, late. */
async function undo(bus: Bus, changed: readonly string[], passed: boolean): Promise<void> {
  await rollBack(changed);
  if (passed && (await isNginxUp(bus))) await reload(bus).catch(() => {});
}

/**
 * Replaces files of nginx's configuration as one transaction: written, tested, reloaded, and confirmed by the
 * generation that nginx then tells at `control`; otherwise the old texts are put back and nginx goes on.
 */
export async function replaceConfig(
  bus: Bus,
  texts: ConfigTexts,
  control: string,
  generation: number | null,
): Promise<Result<void>> {
  const changed = await stage(texts);
  const tested = await testNginx().catch(failed);
  const done = tested.ok ? await activate(bus, control, generation).catch(failed) : tested;
  if (done.ok) await commit(changed);
  else await undo(bus, changed, tested.ok);
  return done;
}
