import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import { holdable, listeningIn } from '../../../src/host/nginx/listening.ts';
import { isNginxSocket, nginxSocketName, parseSocketName } from '../../../src/model/names.ts';

const test = suite('what nginx listens on');

/* Of a machine with nginx, a program on 8000, and a connection to nginx. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0000 100 0 0 10 0
   1: 0100007F:012A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0000 100 0 0 10 0
   2: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 61184        0 13 1 0000 100 0 0 10 0
   3: 0100007F:0050 0100007F:D431 01 00000000:00000000 00:00000000 00000000    33        0 14 1 0000 20 4 30 10 -1
`;
const TCP6 = `  sl  local_address                         remote_address                        st ...
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 15 1 0000 100 0 0 10 0
   1: B80D0120000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16 1 0000 100 0 0 10 0
`;

test('its listening sockets are found by their inodes, in both families', () =>
  assert.deepEqual(listeningIn([TCP, TCP6], new Set(['11', '12', '14', '15', '16'])), [
    ...['0.0.0.0:80', '127.0.0.1:298', '[::]:80', '[2001:db8::1]:443'],
  ]));

test('systemd holds neither what each worker binds for itself, nor an [::] that may be for IPv4, too', () => {
  assert.deepEqual(holdable(['0.0.0.0:80', '[::]:80', '127.0.0.1:298']), [
    ...['0.0.0.0:80', '[::]:80', '127.0.0.1:298'],
  ]);
  assert.deepEqual(holdable(['0.0.0.0:81', '0.0.0.0:81', '[::]:82', '0.0.0.0:80']), ['0.0.0.0:80']);
});

test('the names of the units are those of systemd-escape, and no instance of a pool has one', () => {
  for (const address of ['0.0.0.0:80', '[::]:80', '[2001:db8::1]:443', '127.0.0.1:298']) {
    const name = nginxSocketName(address);
    const template = 'cgipool-nginx.listen@.socket';
    const escaped = execFileSync('systemd-escape', [`--template=${template}`, '--', address])
      .toString()
      .trim();
    assert.equal(name, escaped);
    assert.ok(isNginxSocket(name));
    assert.equal(parseSocketName(name), null);
  }
  assert.ok(!isNginxSocket('cgipool-nginx@8000.socket'));
});

test.run();
