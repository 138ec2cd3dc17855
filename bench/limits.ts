/** Why a bar is missed where it is, with what was measured to show it; by the beginning of the bar's text. */
export const LIMITS: readonly (readonly [bar: string, why: string])[] = [
  [
    'Capacity back within 1.5 s',
    'the steps follow one another: up to 0.2 s until the next probe, three of 0.2 s each without an answer, then a publish that takes the hung one out at once, beside which its successor starts and passes two probes in 0.3 s, and a second publish that brings it in, which can begin only when the first has ended. To take out and bring in by one publish would save the time of one, and would send requests to the hung one for so much longer',
  ],
  [
    'CPU with 50 workers',
    'of the 340 ms of CPU time that a profile found in 20 s on a quiet machine (1.7%), the kernel had 180: 86 for reading the tables of sockets, which it walks whole (262,144 buckets, 4 ms each, however few are used), 93 for 500 connections made, written to and reset. Beside other managers at work, as here, all of it finds colder caches; the column of `poc`, which probes the same workers as often and does nothing else, shows what probes alone cost in the same run',
  ],
  [
    'A publish within 300 ms',
    'it is a process of its own, so that nothing that runs for long has root: on a quiet machine 170 ms from its start to its end where nothing is to be done (Node alone 27, its sandbox 60, D-Bus and the reading of the pools the rest), 14 for `nginx -t`, 25 to 45 for the reload, and files made safe on the disk. What a quiet machine does can be told by the start of `cgipool --help`, 53 ms there',
  ],
  [
    'A plan of 1,000 instances',
    'it is pure computation, 2.9 ms where the machine is quiet: how much slower it is here than there is how much slower the machine was',
  ],
];

/** The words for a bar, or null. */
export const limitOf = (bar: string): string | null =>
  LIMITS.find(([beginning]) => bar.startsWith(beginning))?.[1] ?? null;
