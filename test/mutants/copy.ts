import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { applied, type Mutant } from './mutant.ts';

/** For one child: a fault may make it run without end, ms. */
const TIMEOUT_MS = 240_000;

/** A copy of what the tests of the planner and the scaler need, into which faults are put. */
export class Copy {
  readonly #root = mkdtempSync(join(tmpdir(), 'cgipool-mutants-'));
  readonly #tests: string[];

  constructor(readonly steps: number) {
    for (const name of ['src', 'test', 'package.json', 'tsconfig.json'])
      cpSync(name, join(this.#root, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(this.#root, 'node_modules'));
    this.#tests = ['test/plan', 'test/scale'].flatMap(folder =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.test.ts'))
        .map(name => `${folder}/${name}`),
    );
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }

  /** Does something while the copy has a fault. */
  async with<T>(mutant: Mutant, body: () => Promise<T>): Promise<T> {
    const path = join(this.#root, mutant.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, applied(mutant, text));
    const result = await body();
    writeFileSync(path, text);
    return result;
  }

  /** Whether the simulation has no objection. */
  simulates(): Promise<boolean> {
    return this.#passes('test/sim/sim.test.ts');
  }

  /** Whether the tests pass. */
  tests(): Promise<boolean> {
    return this.#passes('test/run/group.ts', ...this.#tests);
  }

  async #passes(...files: string[]): Promise<boolean> {
    const { exitCode } = await execa(process.execPath, ['--import', 'tsx', ...files], {
      cwd: this.#root,
      env: { SIM_STEPS: String(this.steps), SIM_SEED: '1' },
      stdio: 'ignore',
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      reject: false,
    });
    return exitCode === 0;
  }
}
