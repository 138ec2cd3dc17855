// A bounded load on loopback, of Node alone. --rate R: R requests a second whatever the answers (open loop);
// --concurrent C: C at a time. Ends after --seconds, after --requests, when the file --stop is there, or when three of
// four of the C get answers within --below ms. In the URL {n} is the number of the request; --clients N sends from
// N addresses of loopback, each in a network of its own. A request without an answer for --timeout seconds has failed.
// Writes {failed, statuses, summary, ...} to --out.
import { existsSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rate: { type: 'string' },
    concurrent: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    requests: { type: 'string', default: 'Infinity' },
    clients: { type: 'string', default: '0' },
    method: { type: 'string', default: 'GET' },
    timeout: { type: 'string', default: '40' },
    below: { type: 'string' },
    stop: { type: 'string' },
    out: { type: 'string' },
  },
});
const clients = Number(values.clients);
let begun = 0;
const seconds = Number(values.seconds);
/** With --below: how each of the --concurrent ones fares, and when three of four fared well, ms since the start. */
const fares = [];
let belowAfter = null;
const startedAt = performance.now();
const isStopped = () =>
  belowAfter !== null ||
  begun >= Number(values.requests) ||
  (values.stop !== undefined && existsSync(values.stop));
const statuses = {};
const latencies = [];

/** Its last answer came soon, and it has not waited for long since. */
const faresWell = ({ status, took, since }) =>
  status === 200 && took <= Number(values.below) && performance.now() - since <= Number(values.below);

function watchBelow() {
  const well = fares.filter(faresWell).length;
  if (well >= 0.75 * Number(values.concurrent)) belowAfter ??= performance.now() - startedAt;
}

/** When the last request that failed was sent, ms since the epoch; 0: none did. */
let lastFailedAt = 0;
/** Longer than this a person waits, ms; how many took so long, and when the last of them was sent. */
const LATE = 1000;
let late = 0;
let lastLateAt = 0;

// a connection each: what a crowd of clients does to a server
function request() {
  const began = performance.now();
  const n = begun++;
  const url = new URL(positionals[0].replaceAll('{n}', n));
  const localAddress = clients > 0 ? `127.0.${n % clients}.1` : undefined;
  const sentAt = Date.now();
  return new Promise(resolve => {
    const done = status => {
      if (status !== 200) lastFailedAt = Math.max(lastFailedAt, sentAt);
      statuses[status] = (statuses[status] ?? 0) + 1;
      const took = performance.now() - began;
      latencies.push(took);
      if (took > LATE) {
        late++;
        lastLateAt = Math.max(lastLateAt, sentAt);
      }
      resolve({ status, took, since: performance.now() });
    };
    const call = http.request(
      url,
      {
        method: values.method,
        agent: false,
        timeout: Number(values.timeout) * 1000,
        family: 4,
        localAddress,
      },
      answer => {
        answer
          .resume()
          .on('end', () => done(answer.statusCode))
          .on('error', () => done('broken'));
      },
    );
    call
      .on('timeout', () => call.destroy(new Error('timeout')))
      .on('error', error => done(error.code ?? error.message));
    call.end();
  });
}

async function openLoop(rate) {
  const began = Date.now();
  const pending = [];
  // all that are due, however late the clock of a busy machine is
  const most = Math.min(Math.round(rate * seconds), Number(values.requests));
  for (let sent = 0; sent < most && !isStopped(); ) {
    const due = Math.min(most, ((Date.now() - began) / 1000) * rate);
    for (; sent < due; sent++) pending.push(request());
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  await Promise.all(pending);
}

async function closedLoop(_, i) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end && !isStopped(); ) {
    fares[i] = await request();
    watchBelow();
  }
}

if (values.rate) await openLoop(Number(values.rate));
else await Promise.all(Array.from({ length: Number(values.concurrent ?? 1) }, closedLoop));

latencies.sort((a, b) => a - b);
const at = share =>
  Math.round(latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0);
const total = latencies.length;
const failed = total - (statuses[200] ?? 0);
const summary = `${total} requests, ${failed} failed, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(1)} ms, ${JSON.stringify(statuses)}`;
const result = JSON.stringify({
  total,
  failed,
  statuses,
  lastFailedAt,
  late,
  lastLateAt,
  belowAfter,
  p50: at(0.5),
  p95: at(0.95),
  p99: at(0.99),
  slowest: at(1),
  summary,
});
if (values.out) writeFileSync(values.out, result);
else console.log(summary);
