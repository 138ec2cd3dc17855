import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import { both } from './both.ts';
import { exchange, get, within } from './client.ts';
import { folder, freePort, launch, type Program, start, type Worker } from './program.ts';

const test = suite('services: start');

/** Starts it and expects it to end by itself: status and words. */
async function failure(
  program: Program,
  args: string[],
  environment = {},
): Promise<{ status: number | null; words: string }> {
  const worker = await launch(program, args, { path: '/' }, environment);
  const status = await within(worker.ended(), 'the end');
  return { status, words: worker.words };
}

async function says(program: Program, args: string[], status: number, ...words: string[]): Promise<void> {
  const found = await failure(program, args);
  for (const word of words) assert.ok(found.words.includes(word), `${word} in ${found.words}`);
  assert.equal(found.words.trim().split('\n').length, 1, `one line: ${found.words}`);
  assert.equal(found.status, status);
}

both(test, 'a port that a stranger has', async program => {
  const port = await freePort();
  const stranger = createServer().listen(port, '127.0.0.1');
  await once(stranger, 'listening');
  await says(
    program,
    [`${port}`],
    1,
    `${program.name}: cannot listen on 127.0.0.1:${port}`,
    'already in use',
    'ss -ltnp',
  );
  stranger.close();
});

both(test, 'a socket that is served', async program => {
  const worker = await start(program, 'unix');
  const path = 'path' in worker.address ? String(worker.address.path) : '';
  await says(program, [path], 1, path, 'already in use', 'ss -lxp');
  assert.equal((await exchange(worker, get('/'))).status, 200);
  await worker.stop();
});

both(test, 'a file in the place of its socket is left alone', async program => {
  const path = join(folder(), 'precious');
  writeFileSync(path, 'data');
  await says(program, [path], 1, path, 'File exists', 'no socket');
  assert.equal(readFileSync(path, 'utf8'), 'data');
});

both(test, 'a folder that does not exist', program =>
  says(program, [join(folder(), 'none/sock')], 1, 'none/sock', 'No such file', 'folder'),
);

both(test, 'a path that no socket address holds', program =>
  says(program, [`/${'x'.repeat(200)}`], 1, 'xxx', 'too long'),
);

const NO_PORTS = ['0', '65536', '80x', '-1', ' 80', '', '999999999999999999999'];
both(test, 'what is no port is told so', async program => {
  await Promise.all(NO_PORTS.map(port => says(program, [port], 2, `"${port}"`, 'no port')));
});

both(test, 'neither argument nor environment', program => says(program, [], 2, 'usage:'));

both(test, 'the socket of a killed worker is replaced', async program => {
  const killed = await start(program, 'unix');
  killed.child.kill('SIGKILL');
  await killed.ended();
  const path = 'path' in killed.address ? String(killed.address.path) : '';
  assert.ok(existsSync(path));
  const worker = await (await launch(program, [path], { path })).listening();
  assert.equal((await exchange(worker, get('/'))).status, 200);
  assert.equal(await worker.stop(), 0);
});

both(test, '$SOCKET goes before $PORT, and the argument before both', async program => {
  const path = join(folder(), 'sock');
  const port = await freePort();
  const tcp = { host: '127.0.0.1', port };
  const both = { SOCKET: path, PORT: `${port}` };
  const other = join(folder(), 'other');
  const starts = [
    await launch(program, [], { path }, both),
    await launch(program, [], tcp, { SOCKET: '', PORT: `${port}` }),
    await launch(program, [other], { path: other }, both),
  ];
  for (const worker of starts) {
    await worker.listening();
    assert.equal((await exchange(worker, get('/'))).status, 200);
  }
  for (const worker of starts) assert.equal(await worker.stop(), 0);
});

/** Hands a socket over as systemd does: file descriptor 3, LISTEN_FDS and LISTEN_PID. argv: KIND PORT PROGRAM. */
const HAND_OVER = `
import os, socket, sys
kind, port, program = sys.argv[1:]
handed = socket.socket()
handed.bind(("127.0.0.1", int(port)))
if kind == "listening":
    handed.listen()
os.dup2(handed.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(program, [program, "1"])
`;

async function handOver(program: Program, kind: string): Promise<Worker> {
  const port = await freePort();
  const python = { ...program, command: 'python3' };
  return launch(python, ['-c', HAND_OVER, kind, `${port}`, program.command], { host: '127.0.0.1', port });
}

both(test, 'a socket from systemd goes before the argument', async program => {
  const worker = await (await handOver(program, 'listening')).listening();
  assert.equal((await exchange(worker, get('/'))).status, 200);
  assert.equal(await worker.stop(), 0);
});

both(test, 'a handed-over socket that does not listen', async program => {
  const worker = await handOver(program, 'bound');
  assert.equal(await within(worker.ended(), 'the end'), 1);
  assert.match(worker.words, /socket from systemd: .*ListenStream=/);
});

test.run();
