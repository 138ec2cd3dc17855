import { childrenOf, isAlive, named, parentsAmong, signal } from '../processes.ts';
import { until } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** Processes that have not ended by then are killed. */
const STOP_TIMEOUT_MS = 500;

/** For a master process whose children share a socket; `commandLine` identifies it. */
export function masterOf(
  commandLine: string,
  reload: NodeJS.Signals,
): Pick<Subject, 'first' | 'workers' | 'managers' | 'stop' | 'restart'> {
  const masters = (): number[] => parentsAmong(named(commandLine)).filter(isAlive);
  const workers = (): number[] => childrenOf(masters()).filter(isAlive);
  const signalMasters = (name: NodeJS.Signals): void => {
    for (const pid of masters()) signal(pid, name);
  };
  return {
    first: null,
    workers: async () => workers(),
    managers: async () => masters(),
    async stop() {
      const pids = [...workers(), ...masters()];
      signalMasters('SIGTERM');
      if ((await until(() => !pids.some(isAlive), STOP_TIMEOUT_MS, 20)) !== null) return;
      for (const pid of pids) signal(pid, 'SIGKILL');
    },
    restart: async () => signalMasters(reload),
  };
}
