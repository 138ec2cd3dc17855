import { join, type Readers } from './bar.ts';
import { formatValue } from './format.ts';

/** Why a bar is missed, with what was measured to show it. */
type Why = (readers: Readers) => string;

/** What was not measured is said to be unknown. */
const told = (value: number | null, unit: string): string =>
  value === null ? 'an unknown part' : `${formatValue(value)}${unit}`;
const ms = (value: number | null): string => told(value, ' ms');

/** From the start to the end of a command, in the same run. */
const took = ({ self }: Readers, command: string): string => ms(self.median(command, 'start to end'));

const capacity: Why = ({ kills }) =>
  `the steps follow one another: up to 200 ms until the next probe, three of 200 ms each without an answer (700 to 800 ms in
all, as Interval=, Timeout= and Fall= say), and a restart by systemd, which takes as long as after a death:
${ms(kills.median('cgipool', 'kill to serving'))} in this run`;

const cpu: Why = ({ steady }) =>
  `alone on the machine it took 1.5% (430 to 480 ms in 30 s, three times). Half of that is the kernel's: it makes a connection
for each probe, and walks its whole table of sockets where that is read (262,144 buckets, 3.5 ms, and 1 ms more for each
1,000 connections that were closed in the last minute, of which \`poc\` leaves 1,500). Beside other managers at work, as
here, all of it finds colder caches: \`poc\`, which probes the same workers as often and does nothing else, took
${told(steady.median('poc', 'CPU, 50'), '%')} in the same run`;

const data: Why = () =>
  `what V8 has not collected yet is a part of it. Alone on the machine the data with 200 workers went from 25 to 32 MB and back
within 20 s, and with 10 from 15 to 16: for each worker 0.08 MB at the top`;

/** What another program in its place would take as well. */
const floor = ({ self: { median } }: Readers): number | null =>
  [
    median('systemctl start bench-empty-step.service', 'start to end'),
    median('nginx -t -q', 'start to end'),
    median('nginx alone', 'reload to first request'),
  ].reduce((sum, each) => join(sum, each, (a, b) => a + b));

const publish: Why = readers =>
  `it is a process of its own, so that nothing that runs for long has root. In this run the same unit with a program that does
nothing took ${took(readers, 'systemctl start bench-empty-step.service')}, of which Node alone ${took(readers, 'node -e 0')},
\`nginx -t\` ${took(readers, 'nginx -t -q')}, and nginx itself
${ms(readers.self.median('nginx alone', 'reload to first request'))} from the signal to its first answer by the new
configuration (its master process lets old and new workers run side by side for 100 ms, and the old ones go on taking
requests): ${ms(floor(readers))} in all for what is not cgipool's own, on a machine on which \`node -e 0\` has taken 27 ms
on a quiet morning`;

const plan: Why = readers =>
  `it is pure computation, 2.9 ms where \`node -e 0\` took 27 ms; here that took ${took(readers, 'node -e 0')}`;

/** By the beginning of the bar's text. */
export const LIMITS: readonly (readonly [bar: string, why: Why])[] = [
  ['Capacity back within 1.5 s', capacity],
  ['CPU with 50 workers', cpu],
  ['Memory (data) within', data],
  ['A publish within 300 ms', publish],
  ['A plan of 1,000 instances', plan],
];

/** The words for a bar, or null. */
export const limitOf = (bar: string, readers: Readers): string | null =>
  LIMITS.find(([beginning]) => bar.startsWith(beginning))?.[1](readers).replaceAll('\n', ' ') ?? null;
