import { join, type Readers } from './bar.ts';
import { formatValue } from './format.ts';

/** Why a bar is missed, with measurements that show it. */
type Why = (readers: Readers) => string;

const amount = (value: number | null, unit: string): string =>
  value === null ? 'an unknown part' : `${formatValue(value)}${unit}`;
const ms = (value: number | null): string => amount(value, ' ms');

/** Run time of a command, in the same run. */
const took = ({ self }: Readers, command: string): string => ms(self.median(command, 'start to end'));

const capacity: Why = ({ kills }) =>
  `the steps add up: up to 200 ms until the next probe, three probes of 200 ms each without an answer (700 to 800 ms in
all, by Interval=, Timeout= and Fall=), and a restart by systemd, which takes as long as after a death:
${ms(kills.median('cgipool', 'kill to serving'))} in this run`;

const cpu: Why = ({ steady }) =>
  `alone on the machine it took 1.5% (430 to 480 ms in 30 s, three times). Half of that is the kernel's: it opens a connection
for each probe, and walks its whole socket table for each reading (262,144 buckets, 3.5 ms, plus 1 ms for each 1,000
connections that were closed in the last minute, of which \`poc\` leaves 1,500). With other managers at work, as here, all
of it finds colder caches: \`poc\`, which probes the same workers as often and does nothing else, took
${amount(steady.median('poc', 'CPU, 50'), '%')} in the same run`;

const data: Why = () =>
  `it includes garbage that V8 has not collected yet. Alone on the machine the data with 200 workers went from 25 to 32 MB and
back within 20 s, and with 10 workers from 15 to 16 MB: 0.08 MB per worker at the peak`;

/** The time that any program in its place would take. */
const floor = ({ self: { median } }: Readers): number | null =>
  [
    median('systemctl start bench-empty-step.service', 'start to end'),
    median('nginx -t -q', 'start to end'),
    median('nginx alone', 'reload to first request'),
  ].reduce((sum, each) => join(sum, each, (a, b) => a + b));

const publish: Why = readers =>
  `it is a process of its own, so that no long-running process is root. In this run the same unit with a program that does
nothing took ${took(readers, 'systemctl start bench-empty-step.service')}, of which Node alone ${took(readers, 'node -e 0')},
\`nginx -t\` ${took(readers, 'nginx -t -q')}, and nginx itself
${ms(readers.self.median('nginx alone', 'reload to first request'))} from the signal to its first answer with the new
configuration (its master process runs old and new workers together for 100 ms, and the old ones go on accepting
requests): ${ms(floor(readers))} in all that is not cgipool's own, on a machine on which \`node -e 0\` takes 27 ms when it
is quiet`;

const plan: Why = readers =>
  `it is pure computation: 2.9 ms when \`node -e 0\` took 27 ms, which here took ${took(readers, 'node -e 0')}`;

/** By the beginning of a bar's text. */
export const LIMITS: readonly (readonly [bar: string, why: Why])[] = [
  ['Capacity back within 1.5 s', capacity],
  ['CPU with 50 workers', cpu],
  ['Memory (data) within', data],
  ['A publish within 300 ms', publish],
  ['A plan of 1,000 instances', plan],
];

/** Why a bar is missed, or null. */
export const limitOf = (bar: string, readers: Readers): string | null =>
  LIMITS.find(([beginning]) => bar.startsWith(beginning))?.[1](readers).replaceAll('\n', ' ') ?? null;
