import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { Load } from '../tools/load.ts';

const folder = mkdtempSync('/run/bench-');
let runs = 0;

/** Sends requests as `options` say; resolves when all are answered. */
export async function load(url: string, options: string): Promise<Load> {
  const out = `${folder}/${runs++}.json`;
  const args = ['tools/load.mjs', url, ...options.split(' '), '--out', out];
  const child = spawn('node', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`node ${args.join(' ')}: exit ${code}`);
  return JSON.parse(readFileSync(out, 'utf8')) as Load;
}

/** Sends requests until `what` ends, for at most the time in `options`; returns both results. */
export function loadUntil<T>(url: string, options: string, what: () => Promise<T>): Promise<[Load, T]> {
  const stop = `${folder}/${runs}.stop`;
  const sending = load(url, `${options} --stop ${stop}`);
  return Promise.all([sending, what().finally(() => writeFileSync(stop, ''))]);
}

/** The body of a 200, or null, over a new connection; `limit` in ms. */
export function ask(url: string, limit = 1000): Promise<string | null> {
  return new Promise(resolve => {
    const call = http.get(url, { agent: false, timeout: limit, family: 4 }, answer => {
      let body = '';
      answer.on('data', part => (body += part));
      answer
        .on('end', () => resolve(answer.statusCode === 200 ? body : null))
        .on('error', () => resolve(null));
    });
    call.on('timeout', () => call.destroy()).on('error', () => resolve(null));
  });
}

/** The pid of the process that answered, or null. */
export async function askPid(url: string, limit?: number): Promise<number | null> {
  const pid = /"pid": (\d+)/.exec((await ask(url, limit)) ?? '')?.[1];
  return pid === undefined ? null : Number(pid);
}
