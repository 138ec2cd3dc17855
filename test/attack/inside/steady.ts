import { existsSync } from 'node:fs';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

/*
 * Sends GETs that are as they should be, one after the other to each pool, until a file is there. Each has a word of its own, which
 * its answer must have, and no other such word. Prints what became of them.
 */

export interface SteadyLoad {
  /** The file that ends it. */
  stop: string;
  /** To each pool. */
  perSecond: number;
  gets: readonly Get[];
}

/** A GET whose answer has its word; WORD stands for that. */
export interface Get {
  pool: string;
  path: string;
}

export interface Fate {
  pool: string;
  sent: number;
  /** Statuses other than 200, and errors. */
  lost: string[];
  /** Answers to other requests. */
  wrong: string[];
  slowestMs: number;
}

const TIMEOUT_MS = 20_000;

interface Answer {
  status: number;
  body: string;
}

const ask = (path: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      path,
      agent: false,
      timeout: TIMEOUT_MS,
      headers: { host: 'localhost' },
    };
    const request = http.get(options, async answer => {
      const body = await text(answer).catch(String);
      resolve({ status: answer.statusCode ?? 0, body });
    });
    request.on('timeout', () => request.destroy(new Error('timeout'))).on('error', reject);
  });

/** The words of steady and hidden requests in an answer. */
const WORDS = /(?:steady-\w+-\d+|outer-\d+|smuggled-\d+)/g;

const isOwn = ({ body }: Answer, word: string): boolean => {
  const words = new Set(body.match(WORDS));
  return words.size === 1 && words.has(word);
};

async function askOnce({ pool, path }: Get, fate: Fate): Promise<void> {
  const word = `steady-${pool}-${fate.sent++}`;
  const began = performance.now();
  const answer = await ask(path.replaceAll('WORD', word)).catch((error: Error) => error);
  fate.slowestMs = Math.max(fate.slowestMs, Math.round(performance.now() - began));
  if (answer instanceof Error) fate.lost.push(answer.message);
  else if (answer.status !== 200) fate.lost.push(`${answer.status}`);
  else if (!isOwn(answer, word)) fate.wrong.push(`${word}: ${answer.body.slice(0, 300)}`);
}

const { stop, perSecond, gets } = JSON.parse(await text(process.stdin)) as SteadyLoad;

async function keepAsking(get: Get): Promise<Fate> {
  const fate: Fate = { pool: get.pool, sent: 0, lost: [], wrong: [], slowestMs: 0 };
  while (!existsSync(stop)) await Promise.all([askOnce(get, fate), setTimeout(1000 / perSecond)]);
  return fate;
}

console.log(JSON.stringify(await Promise.all(gets.map(keepAsking))));
