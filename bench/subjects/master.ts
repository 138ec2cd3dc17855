import { childrenOf, isAlive, named, parentsAmong, signal } from '../processes.ts';
import { until } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** After so long what has not ended by itself is killed, ms. */
const PATIENCE = 500;

/** A master whose children are the workers and share a socket: what of a subject follows from how it is named. */
export function masterOf(
  words: string,
  reload: NodeJS.Signals,
): Pick<Subject, 'first' | 'workers' | 'managers' | 'stop' | 'restart'> {
  const masters = (): number[] => parentsAmong(named(words)).filter(isAlive);
  const workers = (): number[] => childrenOf(masters()).filter(isAlive);
  const tell = (to: NodeJS.Signals): void => {
    for (const pid of masters()) signal(pid, to);
  };
  return {
    first: null,
    workers: async () => workers(),
    managers: async () => masters(),
    async stop() {
      const pids = [...workers(), ...masters()];
      tell('SIGTERM');
      if ((await until(() => !pids.some(isAlive), PATIENCE, 20)) !== null) return;
      for (const pid of pids) signal(pid, 'SIGKILL');
    },
    restart: async () => tell(reload),
  };
}
