import type { Unit } from '../../model/observed.ts';

/** Exit statuses of systemd itself, systemd.exec(5), that a mistake in a pool file causes: what failed, which key. */
const SETUP: Record<number, string> = {
  200: 'cannot enter its working directory (see WorkingDirectory=)',
  203: 'cannot execute its program: it or the interpreter in its first line is missing or not executable (see Exec=)',
  209: 'cannot open its standard output (see StandardOutput=)',
  214: 'cannot set its CPU scheduling (see CPUScheduling...=)',
  216: 'its group does not exist (see Group=)',
  217: 'its user does not exist (see User=)',
  218: 'cannot set its capabilities (see AmbientCapabilities=)',
  226: 'cannot set up its sandbox: a path in [Service] may be missing (see ReadWritePaths=, BindPaths= and the like)',
  228: 'cannot set its system call filter (see SystemCallFilter=)',
  233: 'cannot create its RuntimeDirectory=',
  238: 'cannot create its StateDirectory=',
  239: 'cannot create its CacheDirectory=',
  240: 'cannot create its LogsDirectory=',
  241: 'cannot create its ConfigurationDirectory=',
};

/** systemd's other words of a Result=, systemd.service(5). */
const RESULTS: Readonly<Record<string, string>> = {
  timeout: 'it did not start or stop in time (TimeoutStartSec=, TimeoutStopSec=, RuntimeMaxSec=)',
  watchdog: 'it did not call systemd in time (WatchdogSec=)',
  protocol: 'it ended before it told systemd that it is ready (Type=notify)',
  'oom-kill': 'the kernel killed it, as memory ran out (MemoryMax=)',
  'exec-condition': 'ExecCondition= did not allow it',
};

/** Of its main process, unless that has never failed. */
const ofStatus = (exit: number): string =>
  exit === 0
    ? 'another command of its unit failed (ExecStartPre=, ExecStartPost= or the like)'
    : (SETUP[exit] ?? `exit status ${exit}`);

/** How a life ended: `exit status 1`, `killed by signal 9`, `its user does not exist (see User=)`. */
export function ending(unit: Unit): string {
  if (unit.result === 'signal' || unit.result === 'core-dump') return `killed by signal ${unit.exit}`;
  if (unit.result === 'exit-code') return ofStatus(unit.exit);
  // a worker that keeps exiting with status 0 ends in systemd's start limit
  if (unit.result === 'success' || (unit.result === 'start-limit-hit' && unit.exit === 0))
    return 'it exited with status 0, and a worker stays in the foreground until it is stopped';
  return RESULTS[unit.result] ?? `systemd reports ${unit.result}`;
}
