import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../../base/result.ts';
import { NGINX_UNIT } from '../../model/services.ts';
import { becomesTrue, type PollOptions } from '../clock.ts';
import type { Bus } from '../systemd/bus.ts';
import { reloadUnit, signalMain, startUnit, unitProperty } from '../systemd/systemd.ts';
import { ERROR_LOG, logLength, refusalSince } from './error-log.ts';
import { type ConfigFiles, commit, rollBack, stage } from './transaction.ts';
import { acceptingWorkers, haveStoppedAccepting } from './workers.ts';

/** A reload takes effect after about 50 ms; a loaded machine gets a hundred times as long. */
const CONFIRM_POLL: PollOptions = { interval: 10, timeout: 5_000 };
/** nginx answers by itself, but the process asked may be shutting down. */
const ANSWER_TIMEOUT_MS = 500;
/** On a loaded machine it may be late, and clients are answered all the same. */
const SILENT_AFTER_MS = 1_000;

/** nginx's message about a missing module names no package. */
const withCure = (words: string): string =>
  words.replace(
    /unknown directive "stream" in \S+/,
    '$&; Protocol=tcp needs the stream module: apt-get install libnginx-mod-stream',
  );

/** How execFile reports a program that failed or is missing. */
type ExecFailure = Error & { code?: string | number; stderr?: string };

/** `2026/11/30 00:59:17 [warn] 4362#4362: conflicting server name "a" on 0.0.0.0:80, ignored` */
const warningsIn = (said: string): string[] =>
  [...said.matchAll(/\[warn\] \d+#\d+: (.*)/g)].map(([, words = '']) => words);

/** Tests the configuration on disk. The value: nginx's warnings; the error has nginx's own words and a cure. */
export async function testNginx(): Promise<Result<string[]>> {
  const env = { ...process.env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  try {
    // not execa: at each publish it would take as long again as nginx does
    const { stderr } = await promisify(execFile)('nginx', ['-t', '-q'], { env });
    return ok(warningsIn(stderr));
  } catch (error) {
    const { code, stderr = '', message } = error as ExecFailure;
    if (code === 'ENOENT') return err('nginx is not installed: apt-get install nginx');
    return err(withCure(stderr.trim() || message));
  }
}

/** What the control server answers to a GET; null if it does not. */
async function ask(
  control: string,
  path: string,
  timeout: number,
): Promise<{ status: number; body: string } | null> {
  try {
    const signal = AbortSignal.timeout(timeout);
    // not fetch: it takes 30 ms to load, and a recovered worker waits for that
    const [answer] = await once(get(`http://${control}${path}`, { agent: false, signal }), 'response');
    return { status: answer.statusCode, body: await text(answer) };
  } catch {
    return null;
  }
}

/** The generation that the running nginx serves, or null when it does not answer. */
export async function servedGeneration(control: string): Promise<number | null> {
  const answer = await ask(control, '/generation', ANSWER_TIMEOUT_MS);
  return answer?.status === 200 ? Number(answer.body.trim()) : null;
}

/** Whether nginx has connections left to pass a request on. A configuration of an earlier version knows no such path. */
export async function passesOn(control: string): Promise<boolean> {
  const answer = await ask(control, '/through', SILENT_AFTER_MS);
  return answer !== null && answer.status < 500;
}

const stateOf = (bus: Bus): Promise<unknown> => unitProperty(bus, NGINX_UNIT, 'Unit', 'ActiveState');

/** Whether nginx runs, or is reading its configuration: perhaps an older one than is on disk. */
export async function isNginxUp(bus: Bus): Promise<boolean> {
  return ['active', 'reloading', 'activating'].includes(String(await stateOf(bus)));
}

/** nginx tries for 2.5 s to bind its ports. */
const START_POLL: PollOptions = { interval: 20, timeout: 10_000 };

export const isFailed = async (bus: Bus): Promise<boolean> => (await stateOf(bus)) === 'failed';

/**
 * Starts an nginx that systemd has given up, as when a certificate was missing at boot: what is on disk loads now. Returns when it runs or
 * has failed again. One that an administrator has stopped is not failed, and stays so.
 */
export async function startIfFailed(bus: Bus): Promise<void> {
  if (!(await isFailed(bus))) return;
  await startUnit(bus, NGINX_UNIT).catch(() => {});
  await becomesTrue(async () => !(await hasJob(bus)), START_POLL);
}

async function hasJob(bus: Bus): Promise<boolean> {
  const [id] = (await unitProperty(bus, NGINX_UNIT, 'Unit', 'Job')) as [id: number, path: string];
  return id !== 0;
}

/**
 * Sends the signal that `systemctl reload` would: that starts another nginx, which parses the whole configuration only to
 * send it. Falls back to a full reload when systemd knows no main process of nginx.
 */
const reload = (bus: Bus): Promise<unknown> =>
  signalMain(bus, NGINX_UNIT, constants.signals.SIGHUP).catch(() => reloadUnit(bus, NGINX_UNIT));

async function activate(bus: Bus, control: string, generation: number | null): Promise<Result<void>> {
  if (!(await isNginxUp(bus))) return ok(await startIfFailed(bus)); // it reads the new files when it starts
  const [length, old] = [await logLength(), await acceptingWorkers(bus)];
  await reload(bus);
  if (await becomesTrue(async () => (await servedGeneration(control)) === generation, CONFIRM_POLL)) {
    // old workers run beside the new ones for 100 ms or more, and would still send requests to instances about to stop
    await becomesTrue(() => haveStoppedAccepting(old), CONFIRM_POLL);
    return ok(undefined);
  }
  const reason = (await refusalSince(length)) ?? `see ${ERROR_LOG}`;
  return err(`nginx was reloaded but kept its old configuration (port already in use?): ${reason}`);
}

const failed = (error: Error) => err(error.message);

/** Reloads only if the new configuration passed the test: nginx may have loaded it, late. */
async function undo(bus: Bus, changed: readonly string[], passed: boolean): Promise<void> {
  await rollBack(changed);
  if (passed && (await isNginxUp(bus))) await reload(bus).catch(() => {});
}

/** Whether nginx would load these files. Puts back those on disk. */
export async function tryConfig(files: ConfigFiles): Promise<Result<unknown>> {
  const changed = await stage(files);
  const tested = await testNginx().catch(failed);
  await rollBack(changed);
  return tested;
}

/**
 * Replaces files of nginx's configuration in one transaction: write, test, reload, and confirm by the generation that
 * nginx reports at `control`; otherwise restores the old files. The value: nginx's warnings.
 */
export async function replaceConfig(
  bus: Bus,
  files: ConfigFiles,
  control: string,
  generation: number | null,
): Promise<Result<string[]>> {
  const changed = await stage(files);
  const tested = await testNginx().catch(failed);
  const done = tested.ok ? await activate(bus, control, generation).catch(failed) : tested;
  if (done.ok) await commit(changed);
  else await undo(bus, changed, tested.ok);
  return done.ok ? tested : done;
}
