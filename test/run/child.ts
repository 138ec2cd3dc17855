import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  output: string;
  /** Null after a signal. */
  code: number | null;
  seconds: number;
}

/** Runs a program to its end; kills it and its children after `limit` seconds, and says so in the output. */
export async function runChild(command: string, args: readonly string[], limit: number): Promise<Ended> {
  const began = performance.now();
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => said.push(text));
  const killAll = (): void => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    said.push(`\nstill running after ${limit} s: killed\n`);
    killAll();
  }, limit * 1000);
  process.once('exit', killAll);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  process.off('exit', killAll);
  return { output: said.join(''), code, seconds: (performance.now() - began) / 1000 };
}
