import { writeFileSync } from 'node:fs';
import { Notes } from './notes.ts';
import { parseOptions } from './options.ts';
import type { Results } from './results.ts';
import type { Row } from './row.ts';
import { hang } from './rows/hang.ts';
import { kills } from './rows/kills.ts';
import { path } from './rows/path.ts';
import { roll } from './rows/roll.ts';
import { self } from './rows/self.ts';
import { spawn } from './rows/spawn.ts';
import { steady } from './rows/steady.ts';
import { step } from './rows/step.ts';
import { runRow } from './run-row.ts';
import { setting } from './setting.ts';
import { sh } from './shell.ts';
import { SUBJECTS } from './subjects/all.ts';

/*
 * Runs inside the machine: `inside.ts FILE [options of npm run bench]` writes the results to FILE.
 */

/** Idle costs first: closed connections stay in the kernel's socket tables for a minute and slow down reading. */
const ALL: readonly Row[] = [steady, kills, hang, spawn, roll, step, path, self];

/** A hanging request takes two connections, and nine subjects hang at the same time. */
const CONNECTIONS = "sed -i 's/worker_connections .*/worker_connections 4096;/' /etc/nginx/nginx.conf";

const [out = '', ...words] = process.argv.slice(2);
const options = parseOptions(words);
const began = Date.now();
const notes = new Notes();
await sh(CONNECTIONS);
// some peers copy cgipool's unit
const wanted = SUBJECTS.filter(
  ({ name }) => options.peers === null || name.startsWith('cgipool') || options.peers.includes(name),
);
const subjects = [];
for (const subject of wanted)
  try {
    await subject.prepare();
    subjects.push(subject);
  } catch (error) {
    console.error(error);
    for (const row of options.rows)
      notes.gap(row, subject.name, `could not be set up: ${(error as Error).message.slice(0, 300)}`);
  }
const plan = { subjects, rounds: options.rounds, quick: options.quick };
for (const row of ALL.filter(({ name }) => options.rows.includes(name))) await runRow(row, plan, notes);
const results: Results = {
  setting: await setting(options, Math.round((Date.now() - began) / 1000)),
  subjects: Object.fromEntries(subjects.map(({ name, about }) => [name, about])),
  figures: notes.figures,
  gaps: notes.gaps,
};
writeFileSync(out, JSON.stringify(results, null, 1));
// children of the managers keep our pipes open
process.exit(0);
