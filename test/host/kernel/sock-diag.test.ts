import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import { parseAnswer } from '../../../src/host/kernel/sock-diag.ts';
import { temporary } from '../../temporary.ts';

const test = suite('sock_diag');

const folder = temporary('diag');

/** A part with its length, type and value, filled up to four bytes. */
function attribute(type: number, value: Buffer): Buffer {
  const part = Buffer.alloc(4 + ((value.length + 3) & ~3));
  part.writeUInt16LE(4 + value.length, 0);
  part.writeUInt16LE(type, 2);
  value.copy(part, 4);
  return part;
}

function message(type: number, sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(16 + body.length, 0);
  head.writeUInt16LE(type, 4);
  head.writeUInt32LE(sequence, 8);
  return Buffer.concat([head, body]);
}

const numbers = (...list: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * list.length);
  for (const [i, number] of list.entries()) bytes.writeInt32LE(number | 0, 4 * i);
  return bytes;
};

/** struct unix_diag_msg, and what comes with it. */
const socket = (inode: number, ...attributes: Buffer[]): Buffer =>
  message(20, 7, Buffer.concat([numbers(1, inode, 0, 0), ...attributes]));
const NAME = attribute(0, Buffer.from('/run/cgipool/a/1/sock\0'));

test('an answer has the sockets with a name and a file, and the device as user space has it', () => {
  const bytes = Buffer.concat([
    socket(11, NAME, attribute(1, numbers(149, 0x00800000 | 0x1ff))),
    socket(12),
    socket(13, attribute(0, Buffer.from('\0abstract'))),
    message(3, 7, numbers(0)),
  ]);
  const { sockets, isDone, errno } = parseAnswer(bytes, 7);
  assert.deepEqual(sockets, [
    { inode: 11, name: '/run/cgipool/a/1/sock', file: { inode: 149, device: 0x1008ff } },
  ]);
  assert.deepEqual([isDone, errno], [true, 0]);
});

test('a refusal is told by its number, and an answer to another request is left out', () => {
  assert.equal(parseAnswer(message(2, 7, numbers(-16)), 7).errno, 16);
  const other = Buffer.concat([message(3, 6, numbers(0)), message(2, 6, numbers(-1))]);
  assert.deepEqual(parseAnswer(other, 7), { sockets: [], isDone: false, errno: 0 });
});

test('bytes that are no messages end, and have no sockets', () =>
  assert.deepEqual(parseAnswer(Buffer.alloc(64), 0).sockets, []));

/** Gives the program what systemd gives the controller: a netlink socket as descriptor 3, which does not block. */
const WITH_NETLINK = `import os, socket, sys
opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 4)
os.dup2(opened.fileno(), 3)
os.set_inheritable(3, True)
os.execvp(sys.argv[1], sys.argv[1:])`;

const PROGRAM = `
import { once } from 'node:events';
import { renameSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { unixRequest } from './src/host/kernel/sock-diag.ts';
import { UnixSockets } from './src/host/kernel/unix-sockets.ts';
const [folder] = process.argv.slice(-1);
const sockets = new UnixSockets(3);
const count = () => sockets.connectedBelow(folder).filter(({ inode }) => inode > 0).length;
const said = [count()];
const server = createServer(() => {}).listen(folder + '/sock');
await once(server, 'listening');
for (let i = 0; i < 300; i++) await once(connect(folder + '/sock'), 'connect');
while (count() < 300) await new Promise(setImmediate);
said.push(count());
// as a controller that was killed: its answer is longer than a datagram, and nobody has read it
writeSync(3, unixRequest(1));
said.push(count(), new UnixSockets(3).connectedBelow('/elsewhere').length);
renameSync(folder + '/sock', folder + '/gone');
said.push(count());
console.log(JSON.stringify(said));
process.exit(0);
`;

test('the kernel tells the connections to a file, after an answer that nobody read too, and none of a file that is gone', () => {
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', PROGRAM, '--', folder];
  const ran = spawnSync('python3', ['-c', WITH_NETLINK, ...node], { encoding: 'utf8', timeout: 30_000 });
  assert.equal(ran.stderr, '');
  assert.deepEqual(JSON.parse(ran.stdout), [0, 300, 300, 0, 0]);
});

test.run();
