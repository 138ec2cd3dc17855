import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const services = fileURLToPath(new URL('../../services/', import.meta.url));

/** A sample worker under test. `parameter` is the query parameter that its answer repeats in the field `echo`. */
export interface Program {
  name: string;
  command: string;
  parameter: 'q' | 'user';
  echo: 'query' | 'user';
}

const search = { parameter: 'q', echo: 'query' } as const;
export const searchProgram: Program = { name: 'search', command: join(services, 'search'), ...search };
export const authProgram: Program = {
  name: 'auth',
  command: join(services, 'auth.py'),
  parameter: 'user',
  echo: 'user',
};
/** search compiled with the sanitizers for memory errors and undefined behaviour. */
export const checkedProgram: Program = {
  name: 'search-sanitized',
  command: join(services, 'search-sanitized'),
  ...search,
};

let built: Promise<unknown> | undefined;

/** Compiles both variants of search, once per process. Not in a before hook: uvu passes when a hook throws. */
const build = (): Promise<unknown> => {
  built ??= promisify(execFile)('make', ['-s', '-j2', '-C', services, 'all', 'sanitized']);
  return built;
};

/** A running worker. */
export class Worker {
  readonly #output: string[] = [];
  readonly #ended: Promise<number | null>;

  constructor(
    readonly child: ChildProcess,
    readonly address: NetConnectOpts,
  ) {
    child.stderr?.setEncoding('utf8').on('data', text => this.#output.push(text));
    this.#ended = once(child, 'close').then(([code]) => code);
  }

  /** Its error output so far. */
  get stderr(): string {
    return this.#output.join('');
  }

  /** Resolves to the exit status when it ends; null after a signal. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Waits until it reports that it listens; throws if it ends first. */
  async listening(): Promise<this> {
    while (!this.stderr.includes('listening on')) {
      const output = once(this.child.stderr ?? this.child, 'data').then(() => true);
      const late = delay(5000, null, { ref: false });
      if (!(await Promise.race([output, late, this.#ended.then(() => false)])))
        throw new Error(`does not listen: ${this.stderr}`);
    }
    return this;
  }

  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended();
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

type Variables = Record<string, string>;

/** Starts a program without waiting for it. */
export async function launch(
  program: Program,
  args: string[],
  address: NetConnectOpts,
  environment: Variables = {},
): Promise<Worker> {
  await build();
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', ...environment };
  return new Worker(spawn(program.command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] }), address);
}

export type Transport = 'tcp' | 'unix';

const folders: string[] = [];

/** A temporary folder, removed on exit. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'services-'));
  folders.push(made);
  return made;
}
process.on('exit', () => {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
});

/** Starts a worker on a free endpoint and waits until it listens. */
export async function start(
  program: Program,
  transport: Transport,
  environment: Variables = {},
): Promise<Worker> {
  if (transport === 'unix') {
    const path = join(folder(), 'sock');
    return (await launch(program, [path], { path }, environment)).listening();
  }
  const port = await freePort();
  return (await launch(program, [`${port}`], { host: '127.0.0.1', port }, environment)).listening();
}

/** Runs `use` with a worker, and kills it in any case. */
export async function withWorker(
  program: Program,
  transport: Transport,
  use: (worker: Worker) => Promise<void>,
  environment: Variables = {},
): Promise<void> {
  const worker = await start(program, transport, environment);
  try {
    await use(worker);
  } finally {
    worker.child.kill('SIGKILL');
    await worker.ended();
  }
}

/** Opens a connection to a worker. */
export const dial = (worker: Worker) => connect({ ...worker.address, allowHalfOpen: true } as NetConnectOpts);
