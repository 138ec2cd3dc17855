import { authProgram, type Program, searchProgram } from './program.ts';

type Check = (program: Program) => Promise<void>;

async function named(program: Program, check: Check): Promise<void> {
  try {
    await check(program);
  } catch (error) {
    if (error instanceof Error) error.message = `${program.name}: ${error.message}`;
    throw error;
  }
}

/** Adds a test for both search and auth. The two run in parallel: they mostly wait. */
export const both = (test: (name: string, run: () => Promise<void>) => void, name: string, check: Check) =>
  test(name, async () => {
    const results = await Promise.allSettled([searchProgram, authProgram].map(p => named(p, check)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  });
