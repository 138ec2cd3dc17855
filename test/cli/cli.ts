import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { Failure } from '../../src/cli/failure.ts';
import { cgipool as declared } from '../../src/cli/program.ts';

/** Within the checkout, so that the program finds units/ and nginx/; one per process, since builds run in parallel. */
const folder = `node_modules/.cache/cgipool-cli-${process.pid}`;
const building = execa('node', ['build.mjs', folder]);
const temporary = mkdtempSync(join(tmpdir(), 'cgipool-cli-'));

process.on('exit', () => {
  for (const path of [folder, temporary]) rmSync(path, { recursive: true, force: true });
});

export interface Ran {
  code: number | undefined;
  out: string;
  err: string;
}

/** Without a bus and with default colours, unless a test sets them. */
const ENV = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/bus', NO_COLOR: '' };

/** Runs the built program. Never throws for its exit status. */
export const cgipool = (...args: string[]): Promise<Ran> => cgipoolGiven({}, ...args);

/** The same with environment variables, or with a file as standard input. */
export async function cgipoolGiven(
  { env = {}, input }: { env?: Record<string, string>; input?: string },
  ...args: string[]
): Promise<Ran> {
  await building;
  const stdin = input === undefined ? ('ignore' as const) : { file: input };
  const run = await execa('node', [`${folder}/cgipool.mjs`, ...args], {
    reject: false,
    env: { ...ENV, ...env },
    stdin,
  });
  return { code: run.exitCode, out: run.stdout, err: run.stderr };
}

/** Runs a command within this process, which is faster; one at a time. */
export async function inside(...args: string[]): Promise<Ran> {
  const { log, error } = console;
  const printed = { out: [] as string[], err: [] as string[] };
  console.log = (text: string) => printed.out.push(text);
  console.error = (text: string) => printed.err.push(text);
  const ended = await declared()
    .parseAsync(args, { from: 'user' })
    .catch(failure => failure);
  Object.assign(console, { log, error });
  if (ended instanceof Failure) printed.err.push(`cgipool: ${ended.message}`);
  else if (ended instanceof Error) throw ended;
  const code = ended instanceof Failure ? ended.code : 0;
  return { code, out: printed.out.join('\n'), err: printed.err.join('\n') };
}

/** Runs a shell command on a terminal, with the program as "$cgipool"; returns the output. */
export async function onTerminal(text: string, env: Record<string, string> = {}): Promise<string> {
  await building;
  const more = { ...ENV, cgipool: `node ${folder}/cgipool.mjs`, ...env };
  const run = await execa('script', ['-qec', text, '/dev/null'], {
    reject: false,
    env: more,
    stdin: 'ignore',
  });
  return run.stdout;
}

let roots = 0;

/** A root with these files in /etc/cgipool, and the programs that their pools start. */
export function rootWith(files: Record<string, string>): string {
  const root = join(temporary, String(roots++));
  for (const shell of ['bin/sh', 'bin/dash']) write(join(root, shell), '', 0o755);
  for (const [name, text] of Object.entries(files)) write(join(root, 'etc/cgipool', name), text);
  return root;
}

export function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

/** Every file below a folder, with its text and the time of its last change. */
export function snapshot(below: string): Record<string, { text: string; changed: number }> {
  const entries = readdirSync(below, { recursive: true, withFileTypes: true }).filter(entry =>
    entry.isFile(),
  );
  const paths = entries.map(entry => join(entry.parentPath, entry.name)).sort();
  const read = (path: string): { text: string; changed: number } => ({
    text: readFileSync(path, 'utf8'),
    changed: statSync(path).mtimeMs,
  });
  return Object.fromEntries(paths.map(path => [`/${relative(below, path)}`, read(path)]));
}
