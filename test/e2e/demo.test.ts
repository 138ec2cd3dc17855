import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { suite } from 'uvu';
import { copyCheckout } from './checkout.ts';

const test = suite('e2e: npm run demo');

// it builds, which no other test may see
const checkout = copyCheckout('/tmp/cgipool-demo-');

/** The machines of demos that are there. */
async function demos(): Promise<string[]> {
  const { stdout } = await execa('bash', ['tools/machine/machine.sh', 'list']);
  return stdout.split('\n').filter(name => name.startsWith('cgipool-demo-'));
}

/** Starts a demo, as a job of its own; `hear` gets all that it said each time that it says more. */
function startDemo(hear: (said: string) => void): ChildProcess {
  const child = spawn('npm', ['run', 'demo'], {
    cwd: checkout,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.on('exit', () => child.exitCode === null && child.kill('SIGTERM'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', text => {
      said += text;
      hear(said);
    });
  return child;
}

/** Runs a demo, and does something to it when it has said a word; how it ended, and what it said. */
async function interrupted(word: string, how: (pid: number) => void): Promise<[code: number, said: string]> {
  let told = '';
  const child = startDemo(said => {
    if (said.includes(word) && !told.includes(word) && child.pid) how(child.pid);
    told = said;
  });
  const [code] = await once(child, 'close');
  return [code, told];
}

for (const [name, word, how, status] of [
  ['Ctrl-C while its machine boots', 'booting a private machine', pid => process.kill(-pid, 'SIGINT'), 130],
  ['Ctrl-C in a step', 'ok: install.sh succeeds', pid => process.kill(-pid, 'SIGINT'), 130],
  ['SIGTERM to npm alone', 'ok: install.sh succeeds', pid => process.kill(pid, 'SIGTERM'), 143],
] as [string, string, (pid: number) => void, number][])
  test(`${name} ends it and takes its machine down`, async () => {
    const before = await demos();
    const [code, said] = await interrupted(word, how);
    assert.equal(code, status, said);
    assert.doesNotMatch(said, /MISSED|Error/);
    assert.deepEqual(await demos(), before);
  });

test('a step that fails is named, makes the exit status 1, and takes the machine down', async () => {
  writeFileSync(`${checkout}/install.sh`, '#!/bin/sh\necho "install.sh: not today" >&2\nexit 1\n');
  const before = await demos();
  const [code, said] = await interrupted('done', () => {});
  assert.equal(code, 1, said);
  assert.match(said, /^install\.sh: not today$(?:.|\n)*^MISSED: install\.sh succeeds$/m);
  assert.deepEqual(await demos(), before);
});

test.run();
