import type { Unit } from '../../model/observed.ts';

/** systemd's own exit statuses, systemd.exec(5), that a mistake in a pool file makes: what failed, and where to look. */
const SETUP: Record<number, string> = {
  200: 'its working directory cannot be entered (see WorkingDirectory=)',
  203: 'its program cannot be executed: it or the interpreter in its first line is missing or may not be run (see Exec=)',
  209: 'its standard output cannot be opened (see StandardOutput=)',
  214: 'its scheduling cannot be set (see CPUScheduling...=)',
  216: 'its group does not exist (see Group=)',
  217: 'its user does not exist (see User=)',
  218: 'its capabilities cannot be set (see AmbientCapabilities=)',
  226: 'its sandbox cannot be set up: a path in [Service] may be missing (see ReadWritePaths=, BindPaths= and the like)',
  228: 'its system call filter cannot be set (see SystemCallFilter=)',
  233: 'its RuntimeDirectory= cannot be made',
  238: 'its StateDirectory= cannot be made',
  239: 'its CacheDirectory= cannot be made',
  240: 'its LogsDirectory= cannot be made',
  241: 'its ConfigurationDirectory= cannot be made',
};

/** Words for how a life ended: `exit status 1`, `killed by signal 9`, `its user does not exist (see User=)`. */
export function ending(unit: Unit): string {
  if (unit.result === 'signal' || unit.result === 'core-dump') return `killed by signal ${unit.exit}`;
  if (unit.result === 'exit-code') return SETUP[unit.exit] ?? `exit status ${unit.exit}`;
  // what systemd says of one that ends well, again and again, is that it started too often
  if (unit.result === 'success' || (unit.result === 'start-limit-hit' && unit.exit === 0))
    return 'it ended by itself with status 0';
  return `systemd says ${unit.result}`;
}
