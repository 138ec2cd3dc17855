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
    text: `Four workers. First, one is killed (SIGKILL) with nothing else going on: the time until its place answers; where
workers share a socket, until a new process answers. Then 200 requests/s for 4 s in each round, with a SIGKILL every
500 ms; a request without an answer for 3 s has failed. Subjects that systemd does not run take their turns four at a
time. By default nginx sends nothing to a server for 10 s after one failure. Most of what \`systemd\`, \`poc\`,
\`pm2-fork\` and \`supervisord\` lose is due to that; \`tuned\` does without.`,
  },
  hang: {
    title: '2. A worker hangs',
    base: 'cgipool',
    text: `Four workers at 100 requests/s, and a SIGSTOP to one of them. Capacity is back when a new process answers through
nginx. cgipool is watched for 9 s; all others at the same time, uWSGI and \`poc\` for 6 s, those that have no way to
notice a hang for 2 s. Then a SIGCONT frees what still waits, so that those requests are late (over 1 s) rather than
failed. Last sent to it: when the last of the late requests was sent. uWSGI's harakiri notices only a worker that was
stopped while it held a request; \`poc\` kills it after 5 s or so, but by default nginx does not try the new one for
10 s.`,
  },
  spawn: {
    title: '3. Many workers start',
    base: 'cgipool',
    text: `From the start of the command until all workers have answered through nginx; where they share a socket, until all
are there and one answers. cgipool publishes a worker only once it has passed its probes; for the others nginx's upstream
lists all ports beforehand. The manager's CPU time includes that of PID 1 where systemd starts the workers.`,
  },
  steady: {
    title: '4. What the manager costs',
    base: 'cgipool',
    text: `No requests; all managers run at the same time, each with that many workers. cgipool and \`poc\` probe every 2 s; the
others have no probes. CPU is a share of one core. Managers and workers have run for 20 s or more. PSS divides what several
processes share, above all Node's program, among them: with 10 workers three times as many Node processes share it as with
200. Data is memory that comes from no file. PID 1 is not counted.`,
  },
  roll: {
    title: '5. Restart and deploy',
    base: 'cgipool',
    text: `All four workers are replaced under 100 GET/s and 100 POST/s, with the command that the manager has for it; a deploy
is a changed pool file and \`cgipool install\`. On SIGTERM the worker finishes what it has. A request without an answer
for 10 s has failed. Subjects that systemd does not run take their turns four at a time.`,
  },
  step: {
    title: '6. The load grows',
    base: 'cgipool',
    text: `From one request at a time to twenty, 50 ms each, for pools of 1 to 20 workers: the time until there are enough, so
that three of four requests take at most a third longer than one alone (10 s at most); then, back at 10 requests/s, the
time until there are no more than 3 (16 s at most). cgipool has Concurrency=1 and Window=5s, and decides every 5 s.
Subjects that systemd does not run take their turns two at a time.`,
  },
  path: {
    title: '7. Request path',
    base: 'cgipool, tcp',
    text: `Requests as fast as they are answered, 16 at a time, to four C workers that answer at once; each path twice in each
round, in both orders. By hand means a static upstream of the same nginx to the same workers.`,
  },
  self: {
    title: '8. The controller itself',
    base: '',
    text: `Plan and status: of that many healthy, just probed instances in a simulated world, without systemd and nginx. Publish:
from the controller's line in the journal to the first answer of the new instance. Commands: from start to end, with five
instances or more. Four are not cgipool's: \`bench-empty-step.service\` is the unit of the publish step with a program
that does nothing, \`nginx alone\` is a reload by hand, and \`node -e 0\` and \`nginx -t -q\` are just that. Deaths: 50
workers are killed at once, and the CPU time of the controller is counted until all are back, probed and served; a death
is some ten signals of systemd, a pass and probes.`,
  },
};
