// Rebuilds the first proof of concept from its description: poc-manager.mjs PROGRAM FIRST COUNT SECONDS starts COUNT
// workers one by one, 0.1 s apart, polls the health of each every SECONDS, and replaces those that do not answer within a
// second. It writes nginx's upstream, and does not reload nginx.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import http from 'node:http';

const [program, first, count, seconds] = process.argv.slice(2);
const slots = Array.from({ length: Number(count) }, (_, i) => Number(first) + i);
const workers = new Map();
const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

async function start(port) {
  workers.set(port, spawn(program, [String(port)], { stdio: 'ignore' }));
  await pause(100);
}

const isHealthy = port =>
  new Promise(resolve => {
    const call = http.get({ port, path: '/?health', agent: false, timeout: 1000 }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode === 200));
    });
    call.on('timeout', () => call.destroy()).on('error', () => resolve(false));
  });

async function check(port) {
  if (await isHealthy(port)) return;
  workers.get(port)?.kill('SIGKILL');
  await start(port);
}

process.on('SIGTERM', () => {
  for (const worker of workers.values()) worker.kill('SIGTERM');
  process.exit(0);
});

for (const port of slots) await start(port);
writeFileSync(`${program}.upstream`, slots.map(port => `server 127.0.0.1:${port};\n`).join(''));
for (;;) {
  await pause(Number(seconds) * 1000);
  for (const port of slots) await check(port);
}
