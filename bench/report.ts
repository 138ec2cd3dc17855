import { readersOf, verdict } from './bar.ts';
import { barsOf } from './bars.ts';
import { CHAPTERS } from './chapters.ts';
import { formatSummary, formatValue } from './format.ts';
import { limitOf } from './limits.ts';
import type { Plot } from './plots.ts';
import { type Figure, type Results, ROWS, type RowName, type Setting } from './results.ts';
import { ratio, summarize } from './statistics.ts';
import { table } from './table.ts';

const unique = (words: readonly string[]): string[] => [...new Set(words)];

const heading = (name: string, unit: string): string => (unit === '' ? name : `${name} (${unit})`);

/** A figure of a subject, and its ratio to that of the base. */
function cell(figure: Figure | undefined, base: Figure | undefined): string {
  if (!figure) return '';
  const summary = summarize(figure.values);
  // a ratio of counts that are mostly 0 is meaningless
  const share =
    base && base !== figure && figure.unit !== 'requests'
      ? ratio(summary.median, summarize(base.values).median)
      : null;
  return share === null ? formatSummary(summary) : `${formatSummary(summary)} ×${formatValue(share)}`;
}

function figures(all: readonly Figure[], base: string): string {
  const names = unique(all.map(({ name }) => name));
  const subjects = unique(all.map(({ subject }) => subject));
  const find = (subject: string, name: string): Figure | undefined =>
    all.find(f => f.subject === subject && f.name === name);
  const heads = names.map(name => heading(name, all.find(f => f.name === name)?.unit ?? ''));
  const lines = subjects.map(subject => [
    subject,
    ...names.map(name => cell(find(subject, name), find(base, name))),
  ]);
  return table(['', ...heads], lines);
}

function amount(value: number | null, unit: string): string {
  if (value === null) return '-';
  return value === Infinity ? 'never' : `${formatValue(value)} ${unit}`.trim();
}

function bars(results: Results, row: RowName): string[] {
  const lines = barsOf(results, row).map(bar => [
    bar.text,
    amount(bar.limit, bar.unit),
    amount(bar.measured, bar.unit),
    verdict(bar),
  ]);
  return [table(['Bar', 'At most', 'Measured', ''], lines), ...limits(results, row)];
}

/** Why bars are missed. */
function limits(results: Results, row: RowName): string[] {
  const missed = barsOf(results, row).filter(bar => verdict(bar) === 'missed');
  const lines = missed.flatMap(
    ({ text }) => limitOf(text, readersOf(results))?.replace(/^/, `- ${text}: `) ?? [],
  );
  return lines.length > 0 ? ['Why a bar is missed:', lines.map(line => `${line}.`).join('\n')] : [];
}

const gaps = ({ gaps: all }: Results, row: RowName): string[] => {
  const lines = all.filter(gap => gap.row === row).map(({ subject, why }) => `- ${subject}: ${why}.`);
  return lines.length > 0 ? ['Not measured:', lines.join('\n')] : [];
};

function chapter(results: Results, row: RowName, plots: readonly Plot[]): string[] {
  const { title, text, base } = CHAPTERS[row];
  const found = results.figures.filter(f => f.row === row);
  if (found.length === 0) return [`## ${title}`, 'This run left it out.', ...gaps(results, row)];
  const images = plots
    .filter(plot => plot.row === row)
    .map(({ title: alt, file }) => `![${alt}](benchmarks/${file})`);
  return [`## ${title}`, text, figures(found, base), ...gaps(results, row), ...bars(results, row), ...images];
}

function machine({
  date,
  cores,
  processor,
  memoryMb,
  kernel,
  versions,
  rounds,
  seconds,
  quick,
}: Setting): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const lines = [
    `- Measured on ${date.slice(0, 10)}, ${date.slice(11, 16)} UTC, in ${formatValue(Math.round(seconds / 60))} minutes.`,
    `- ${cores} cores (${processor}), ${formatValue(memoryMb)} MB of memory, kernel ${kernel}, in a booted machine of its own.`,
    `- ${programs.join(', ')}.`,
    `- ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; in each, all subjects take their turn. A cell is the median (minimum-maximum), and × its ratio to cgipool's. "never": not within the time of the row.`,
  ];
  if (quick) lines.push('- A quick run, for trying: these figures prove nothing.');
  return lines.join('\n');
}

const subjects = ({ subjects: all }: Results): string =>
  table(
    ['Subject', 'What it is'],
    Object.entries(all).map(([name, about]) => [name, about]),
  );

/** The page of the results, in Markdown. */
export function reportOf(results: Results, plots: readonly Plot[]): string {
  const parts = [
    '# Benchmarks',
    'Written by `npm run bench`, which measures cgipool beside its alternatives. The raw data is in [benchmarks.json](benchmarks.json).',
    machine(results.setting),
    subjects(results),
    ...ROWS.flatMap(row => chapter(results, row, plots)),
  ];
  return `${parts.join('\n\n')}\n`;
}
