import { basename, join } from 'node:path';
import { err, ok, type Problem, type Result } from '../base/result.ts';
import { monotonic } from '../host/clock.ts';
import { readJson } from '../host/files/files.ts';
import { paths } from '../model/paths.ts';
import {
  overwrittenText,
  type Published,
  parsePublished,
  type Refusals,
  SITE_FILE,
} from '../model/routing.ts';
import { PUBLISH_UNIT } from '../model/services.ts';
import { run } from './activate.ts';
import type { Machine } from './machine.ts';

/** Runs the publish step. Returns its report; null if that is of an earlier run, which still goes on or was killed. */
async function publishOnce(since: number): Promise<Published | null> {
  await run('systemctl', 'start', PUBLISH_UNIT).catch(() => {}); // the report says more than systemctl
  const report = parsePublished(await readJson(paths.result));
  return report && report.at >= since ? report : null;
}

/** Has the publish step write, test and reload nginx's configuration. */
export async function publishNow(): Promise<Result<Published>> {
  const since = monotonic();
  // the start may have joined a step that had already read the previous pools
  const report = (await publishOnce(since)) ?? (await publishOnce(since));
  if (!report) return err(`${PUBLISH_UNIT} did not report: journalctl -u ${PUBLISH_UNIT}`);
  return report.error === null ? ok(report) : err(report.error);
}

/** What an administrator should know of a publish that went well. */
export const publishWarnings = ({ warnings, overwritten }: Published): string[] => [
  ...warnings.map(warning => `nginx: ${warning}`),
  ...overwritten.map(overwrittenText),
];

/** Where each refused line is. nginx names no line of cgipool.conf, but what it says there. */
export async function problemsOf(machine: Machine, refused: Refusals): Promise<Problem[]> {
  const text = (await machine.readText(join(paths.pools, SITE_FILE))) ?? '';
  return Object.entries(refused).flatMap(([file, faults]) =>
    faults.map(({ line, message }) => ({
      file: join(paths.pools, file),
      line: file === SITE_FILE ? lineNaming(text, message) : line,
      message,
    })),
  );
}

/** The line that has a quoted part of a message; 0 if none has. */
function lineNaming(text: string, message: string): number {
  const quoted = [...message.matchAll(/"([^"]+)"/g)].map(([, part = '']) => part);
  return text.split('\n').findIndex(line => quoted.some(part => line.includes(part))) + 1;
}

/** Whether a problem is one of cgipool.conf. */
export const isOfSite = ({ file }: Problem): boolean => basename(file) === SITE_FILE;
