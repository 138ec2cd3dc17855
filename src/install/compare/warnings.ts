import { formatProblem } from '../../base/result.ts';
import type { Pool } from '../../model/pool.ts';
import { closedSocket } from '../../pool-file/warnings/closed-socket.ts';
import { environmentWarnings, takenVariables } from '../../pool-file/warnings/environment.ts';
import { exposedSecrets } from '../../pool-file/warnings/exposed-secrets.ts';
import { lateStart } from '../../pool-file/warnings/start-timeout.ts';
import { unreachablePort } from '../../pool-file/warnings/unreachable-port.ts';
import type { Machine } from '../machine.ts';
import { kernelPorts } from './kernel-ports.ts';
import type { ReadFleet } from './sources.ts';

/** The first word of a command line; it may be quoted. */
const programOf = (exec: string): string =>
  /^[-@:]*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(exec)?.slice(1).find(Boolean) ?? '';

/** Warnings about pools whose program is not executable on a machine yet: it may be deployed later. */
async function missingPrograms(pools: readonly Pool[], machine: Machine): Promise<string[]> {
  const found = await Promise.all(
    pools.map(async ({ name, exec }) => {
      const program = programOf(exec);
      if (program.includes('%')) return [];
      return (await machine.isExecutable(program))
        ? []
        : [`${name}.pool: ${program} is not an executable file: install it or fix Exec=`];
    }),
  );
  return found.flat();
}

const warningsOfLines = (pool: Pool): string[] =>
  [
    ...exposedSecrets(pool),
    ...unreachablePort(pool),
    ...lateStart(pool),
    ...closedSocket(pool),
    ...environmentWarnings(pool),
  ].map(found => formatProblem({ file: `${pool.name}.pool`, ...found }));

/** What the controller's sandbox hides: ProtectHome=, PrivateTmp=, and of /run all that is not cgipool's. */
const HIDDEN = /^\/(home|root|run(?!\/cgipool)|tmp|var\/run|var\/tmp)\//;

/** Warnings about files of Metric= that the controller cannot see. */
const hiddenMetrics = (pools: readonly Pool[]): string[] =>
  pools.flatMap(({ name, scale: { metric } }) =>
    metric?.kind === 'file' && HIDDEN.test(metric.path)
      ? [
          `${name}.pool: Metric=file:${metric.path} is hidden from the controller: move the file below /var/lib or /srv`,
        ]
      : [],
  );

/** Names of variables in a file of EnvironmentFile=, as systemd.exec(5) has it. */
const namesIn = (text: string): string[] => [...text.matchAll(/^\s*(\w+)=/gm)].map(([, name = '']) => name);

/** Warnings about files of EnvironmentFile= that set variables of cgipool's own. One that cannot be read is systemd's to report. */
async function takenInFiles(pools: readonly Pool[], machine: Machine): Promise<string[]> {
  const files = pools.flatMap(({ name, service }) =>
    service
      .filter(({ key }) => key === 'EnvironmentFile')
      .map(({ line, value }) => ({ name, line, path: value.replace(/^-/, '') })),
  );
  const found = await Promise.all(
    files.map(async ({ name, line, path }) => {
      const text = await machine.readText(path).catch(() => null);
      const message = takenVariables(namesIn(text ?? ''), path);
      return message === null ? [] : [formatProblem({ file: `${name}.pool`, line, message })];
    }),
  );
  return found.flat();
}

/** What an administrator should know of valid pools on a machine. */
export const warningsOf = async (
  { pools, warnings }: Pick<ReadFleet, 'pools' | 'warnings'>,
  machine: Machine,
): Promise<string[]> => [
  ...(await missingPrograms(pools, machine)),
  ...hiddenMetrics(pools),
  ...kernelPorts(pools, machine),
  ...(await takenInFiles(pools, machine)),
  ...warnings.map(formatProblem),
  ...pools.flatMap(warningsOfLines),
];
