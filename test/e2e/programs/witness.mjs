// A worker that stands between nginx and another one, and notes what each sends: witness.mjs FILE COMMAND...
// The other one listens on $PORT, which is a path, or on the word SOCKET of its command.
// FILE gets a line of JSON for each piece: [connection, 'nginx' or 'worker', text of one character a byte].
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const [file, command, ...args] = process.argv.slice(2);
const { PORT, SLOT } = process.env;
const socket = `/tmp/${SLOT}.sock`;
const words = args.map(word => word.replace('SOCKET', socket));
const child = spawn(command, words, {
  stdio: 'inherit',
  env: { ...process.env, PORT: socket, SOCKET: socket },
});
child.on('exit', code => process.exit(code ?? 1));
process.on('SIGTERM', () => child.kill('SIGTERM'));

let count = 0;

function note(connection, by, bytes) {
  appendFileSync(file, `${JSON.stringify([connection, by, bytes.toString('latin1')])}\n`);
}

function pass(from, to, connection, by) {
  from.on('data', bytes => {
    note(connection, by, bytes);
    to.write(bytes);
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.end());
}

const server = createServer({ allowHalfOpen: true }, nginx => {
  const connection = `${process.pid} ${++count}`;
  const worker = connect({ path: socket, allowHalfOpen: true });
  pass(nginx, worker, connection, 'nginx');
  pass(worker, nginx, connection, 'worker');
});
server.listen(Number(PORT), '127.0.0.1');
