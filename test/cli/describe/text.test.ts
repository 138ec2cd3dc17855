import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { descriptionText } from '../../../src/cli/describe/text.ts';
import { description, NO_LIMITS } from './description.ts';

const test = suite('the text of cgipool describe');

const text = (more: Parameters<typeof description>[0]): string => descriptionText(description(more));

test('limits are in the units of systemd, and what has none is a dash', () => {
  const limits = { ...NO_LIMITS, memoryMax: 512 * 2 ** 20, cpuQuota: 1.5 };
  const shown = text({ limits, poolLimits: { ...NO_LIMITS, tasksMax: 40 } });
  for (const row of [/MemoryMax= +512M +-$/m, /CPUQuota= +150% +-$/m, /TasksMax= +- +40$/m])
    assert.match(shown, row);
});

test('a worker cannot write to the terminal by its environment', () => {
  const [esc, csi] = [27, 0x9b].map(code => String.fromCharCode(code));
  const value = `a${esc}[2Jb\nc${csi}d`;
  const shown = text({ environment: [{ name: 'A', value, hidden: false, from: 'systemd' }] });
  assert.match(shown, /A +systemd +a\\u001b\[2Jb\\nc\\u009bd$/m);
});

test('hidden values, unknown ones, words with spaces, and notes are told apart', () => {
  const shown = text({
    environment: [
      { name: 'A', value: null, hidden: true, from: '/etc/a.env' },
      { name: 'B', value: null, hidden: false, from: 'PassEnvironment=' },
    ],
    command: ['/bin/sh', '-c', 'echo "x"'],
    notes: ['no instance runs'],
  });
  assert.match(shown, /A +\/etc\/a\.env +\(hidden: .*--show-secrets/);
  assert.match(shown, /B +PassEnvironment= +\(not known\)/);
  assert.ok(shown.includes('/bin/sh -c "echo \\"x\\""'));
  assert.match(shown, /^! no instance runs$/m);
});

test.run();
