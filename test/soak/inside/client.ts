import { existsSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { GRACE_MS, lieAbout, type Stated } from '../judge.ts';

/*
 * Asks every pool each half second, and at random rates besides, until a file appears; reads status five times a second, and compares.
 * The plan comes on standard input, the findings go to standard output, both as JSON.
 */

export interface ClientPlan {
  /** Ends when this file exists. */
  stop: string;
  pools: string[];
  /** The greatest rate per pool, requests a second. */
  most: number;
}

/** Something that should not have been. */
export interface Wrong {
  pool: string;
  /** When the request was sent, and when its answer was there, ms since the epoch. */
  began: number;
  ended: number;
  what: string;
}

export interface Findings {
  /** By pool: GETs sent. */
  sent: Record<string, number>;
  lost: Wrong[];
  /** What status said that was not so. */
  lies: Wrong[];
  /** For how many milliseconds status had each problem of the machine. */
  problems: Record<string, number>;
  /** By pool: for how many milliseconds status had each state. */
  states: Record<string, Record<string, number>>;
}

const ASK_EVERY_MS = 500;
const READ_EVERY_MS = 200;
/** A new rate for each pool. */
const RATE_MS = 10_000;
const TIMEOUT_MS = 60_000;
const STATUS = '/run/cgipool-controller/status.json';

const { stop, pools, most } = JSON.parse(await text(process.stdin)) as ClientPlan;
const isOver = (): boolean => existsSync(stop);
const findings: Findings = { sent: {}, lost: [], lies: [], problems: {}, states: {} };
const history = new Map<string, Stated[]>(pools.map(pool => [pool, []]));

/** The HTTP status, or the error. */
const statusOf = (pool: string): Promise<string> =>
  new Promise(resolve => {
    const request = get(
      {
        host: '127.0.0.1',
        path: `/${pool}?q=soak`,
        headers: { host: 'localhost' },
        agent: false,
        timeout: TIMEOUT_MS,
      },
      answer => {
        answer.resume().on('end', () => resolve(String(answer.statusCode)));
        answer.on('error', error => resolve(error.message));
      },
    );
    request.on('timeout', () => request.destroy(new Error('timed out')));
    request.on('error', error => resolve(error.message));
  });

/** Sends a GET, and notes it if it is lost. Returns whether it was answered. */
async function ask(pool: string): Promise<boolean> {
  findings.sent[pool] = (findings.sent[pool] ?? 0) + 1;
  const began = Date.now();
  const said = await statusOf(pool);
  if (said !== '200') findings.lost.push({ pool, began, ended: Date.now(), what: said });
  return said === '200';
}

/** Compares a request with what status said of the pool at that time. */
async function compare(pool: string): Promise<void> {
  const began = Date.now();
  const isAnswered = await ask(pool);
  const ended = Date.now();
  await setTimeout(GRACE_MS + READ_EVERY_MS);
  const lie = lieAbout({ began, ended, isAnswered }, history.get(pool) ?? []);
  if (lie !== null) findings.lies.push({ pool, began, ended, what: lie });
}

async function compareAll(pool: string): Promise<void> {
  const running: Promise<void>[] = [];
  for (; !isOver(); await setTimeout(ASK_EVERY_MS)) running.push(compare(pool));
  await Promise.all(running);
}

/** Sends at one rate after another; no request waits for another. */
async function load(pool: string): Promise<void> {
  const running: Promise<unknown>[] = [];
  for (let rate = 0, until = 0; !isOver(); ) {
    if (Date.now() >= until)
      [rate, until] = [Math.random() * most * Math.round(Math.random()), Date.now() + RATE_MS];
    if (rate >= 1) running.push(ask(pool));
    await setTimeout(rate >= 1 ? 1000 / rate : ASK_EVERY_MS);
    if (running.length > 1000) await Promise.all(running.splice(0));
  }
  await Promise.all(running);
}

interface Seen {
  problems: string[];
  pools: { name: string; state: string }[];
}

function read(): Seen | null {
  try {
    return JSON.parse(readFileSync(STATUS, 'utf8')) as Seen;
  } catch {
    return null; // the controller restarts
  }
}

function add(spans: Record<string, number>, key: string, ms: number): void {
  spans[key] = (spans[key] ?? 0) + ms;
}

function note(pool: string, state: string | null, since: number): void {
  const stated = history.get(pool) ?? [];
  if (stated.at(-1)?.state !== state) stated.push({ from: Date.now(), state });
  // none is asked about that is older
  if (stated.length > 500) stated.splice(0, 250);
  const spans = findings.states[pool] ?? {};
  findings.states[pool] = spans;
  add(spans, state ?? 'unknown', since);
}

async function watch(): Promise<void> {
  for (let last = Date.now(); !isOver(); await setTimeout(READ_EVERY_MS)) {
    const seen = read();
    const since = Date.now() - last;
    last += since;
    for (const problem of seen?.problems ?? []) add(findings.problems, problem, since);
    for (const pool of pools) note(pool, seen?.pools.find(({ name }) => name === pool)?.state ?? null, since);
  }
}

await Promise.all([watch(), ...pools.flatMap(pool => [compareAll(pool), load(pool)])]);
// an exit would cut off what the pipe has not taken yet
process.stdout.write(JSON.stringify(findings), () => process.exit(0));
