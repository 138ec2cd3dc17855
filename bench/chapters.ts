import type { RowName } from './results.ts';

/** The text of the page about a row, before its figures. */
export interface Chapter {
  title: string;
  /** How it was measured, and what the figures do not show. */
  text: string;
  /** The subject to compare the others with. */
  base: string;
}

export const CHAPTERS: Record<RowName, Chapter> = {
  kills: {
    title: '1. Workers are killed',
    base: 'cgipool',
    text: `Four workers. First one is killed (SIGKILL) with nothing else going on: the time until its place answers; where
workers share a socket, until a process answers that was not there before. Then 200 requests/s for 4 s a round, and a
SIGKILL every 500 ms; without an answer for 3 s a request has failed. Those
that systemd does not run take their turns four at a time. nginx's defaults leave a server that failed once
alone for 10 s: what \`systemd\`, \`poc\`, \`pm2-fork\` and \`supervisord\` lose is mostly due to that, and \`tuned\`
is without it.`,
  },
  hang: {
    title: '2. A worker hangs',
    base: 'cgipool',
    text: `Four workers at 100 requests/s, and a SIGSTOP to one of them. Capacity is back when nginx has answers of a
process that was not there before. cgipool is watched for 9 s, all others at the same time: uWSGI and
\`poc\` for 6 s, those that have no way to notice a hang for 2 s; then a SIGCONT frees what still waits, so that those
requests are late (over 1 s) rather than failed. Last sent to it: when the last of the late requests was sent. uWSGI's
harakiri notices only a worker that was stopped with a request in its executor; \`poc\` kills it after 5 s or so, but nginx,
with its defaults, does not try the new one for 10 s.`,
  },
  spawn: {
    title: '3. Many workers start',
    base: 'cgipool',
    text: `From the start of the command until all workers have answered through nginx; where they share a socket, until all
are there and one answers. cgipool counts a worker only when it has passed its probes, and tells nginx of it then; for
the others nginx's upstream lists all ports before. The manager's CPU time is with that of PID 1 where systemd is the
one who starts.`,
  },
  steady: {
    title: '4. What the manager costs',
    base: 'cgipool',
    text: `Nothing is asked; all managers run at the same time, each with so many workers. cgipool and \`poc\` probe every
2 s; the others have no probes. The share is of one core. Each manager is as young as its
workers, 20 s and more. PSS shares out what several processes have in common, the program of Node above all: with 10 workers
there are three times as many Node processes to share it as with 200. The data are what comes from no file. PID 1 is not
counted.`,
  },
  roll: {
    title: '5. Restart and deploy',
    base: 'cgipool',
    text: `All four workers are replaced under 100 GET/s and 100 POST/s, by the command that the manager has for it; a
deploy is a changed pool file and \`cgipool install\`. The worker finishes what it has when it gets a SIGTERM. Without
an answer for 10 s a request has failed. Those that systemd does not run take their turns four at a time.`,
  },
  step: {
    title: '6. The load grows',
    base: 'cgipool',
    text: `From one request at a time to twenty, 50 ms each, for pools of 1 to 20 workers: the time until there are
enough, so that of four requests three take at most a third longer than one alone (10 s at most), and, back at 10
requests/s, until there are no more than 3 (16 s at most). cgipool has Concurrency=1 and Window=5s, and decides every 5 s.
Those that systemd does not run take their turns two at a time.`,
  },
  path: {
    title: '7. The way of a request',
    base: 'cgipool, tcp',
    text: `Requests as fast as they are answered, 16 at a time, to four C workers that answer at once; each
way twice a round, there and back. By hand is a static upstream of the same nginx that dials the same workers.`,
  },
  self: {
    title: '8. The controller itself',
    base: '',
    text: `The plan and the status of so many healthy, just probed instances, in a made-up world, with nothing of systemd
or nginx. Publish: from the controller's line in the journal to the first answer of the new instance. Commands: from
start to end, with five instances and more. Four are not cgipool's: \`bench-empty-step.service\` is the unit of the
publish step with a program that does nothing, \`nginx alone\` a reload by hand, and \`node -e 0\` and \`nginx -t -q\` are
what they say. Events come as deaths: 50 workers are killed at once, and the CPU time of the controller is counted until
all are back, probed and served; a death is some ten signals of systemd, a look and probes.`,
  },
};
