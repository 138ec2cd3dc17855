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

/** Starts a program that should fail; returns its exit status and error output. */
async function failure(
  program: Program,
  args: string[],
  environment = {},
): Promise<{ status: number | null; stderr: string }> {
  const worker = await launch(program, args, { path: '/' }, environment);
  const status = await within(worker.ended(), 'the end');
  return { status, stderr: worker.stderr };
}

async function fails(program: Program, args: string[], status: number, ...texts: string[]): Promise<void> {
  const found = await failure(program, args);
  for (const text of texts) assert.ok(found.stderr.includes(text), `${text} in ${found.stderr}`);
  assert.equal(found.stderr.trim().split('\n').length, 1, `one line: ${found.stderr}`);
  assert.equal(found.status, status);
}

both(
  test,
  'a worker whose port is in use fails with the command to find the other program',
  async program => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await fails(
      program,
      [`${port}`],
      1,
      `${program.name}: cannot listen on 127.0.0.1:${port}`,
      'already in use',
      'ss -ltnp',
    );
    other.close();
  },
);

both(test, 'a worker whose socket is in use fails and leaves the other one serving', async program => {
  const worker = await start(program, 'unix');
  const path = 'path' in worker.address ? String(worker.address.path) : '';
  await fails(program, [path], 1, path, 'already in use', 'ss -lxp');
  assert.equal((await exchange(worker, get('/'))).status, 200);
  await worker.stop();
});

both(test, 'a worker does not replace a file at the path of its socket', async program => {
  const path = join(folder(), 'precious');
  writeFileSync(path, 'data');
  await fails(program, [path], 1, path, 'File exists', 'no socket');
  assert.equal(readFileSync(path, 'utf8'), 'data');
});

both(test, 'a worker fails when the folder of its socket does not exist', program =>
  fails(program, [join(folder(), 'none/sock')], 1, 'none/sock', 'No such file', 'folder'),
);

both(test, 'a worker fails when the path of its socket is too long', program =>
  fails(program, [`/${'x'.repeat(200)}`], 1, 'xxx', 'too long'),
);

const NO_PORTS = ['0', '65536', '80x', '-1', ' 80', '', '999999999999999999999'];
both(test, 'a worker rejects an invalid port', async program => {
  await Promise.all(NO_PORTS.map(port => fails(program, [port], 2, `"${port}"`, 'not a port')));
});

both(test, 'a worker without argument and environment prints its usage', program =>
  fails(program, [], 2, 'usage:'),
);

both(test, 'a worker replaces the socket of a killed one', async program => {
  const killed = await start(program, 'unix');
  killed.child.kill('SIGKILL');
  await killed.ended();
  const path = 'path' in killed.address ? String(killed.address.path) : '';
  assert.ok(existsSync(path));
  const worker = await (await launch(program, [path], { path })).listening();
  assert.equal((await exchange(worker, get('/'))).status, 200);
  assert.equal(await worker.stop(), 0);
});

both(test, '$SOCKET takes precedence over $PORT, and the argument over both', async program => {
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

/** Passes a socket like systemd: file descriptor 3, LISTEN_FDS and LISTEN_PID. argv: KIND PORT PROGRAM. */
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

both(test, 'a socket passed by systemd takes precedence over the argument', async program => {
  const worker = await (await handOver(program, 'listening')).listening();
  assert.equal((await exchange(worker, get('/'))).status, 200);
  assert.equal(await worker.stop(), 0);
});

both(test, 'a worker fails when the socket passed by systemd does not listen', async program => {
  const worker = await handOver(program, 'bound');
  assert.equal(await within(worker.ended(), 'the end'), 1);
  assert.match(worker.stderr, /socket from systemd: .*ListenStream=/);
});

test.run();
