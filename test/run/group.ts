import { resolve } from 'node:path';
import { run } from 'uvu/run';

/* Runs the uvu files that it is given, one after the other, and prints one summary. */
const suites = process.argv.slice(2).map(file => ({ name: file, file: resolve(file) }));
await run(suites, { bail: false });
