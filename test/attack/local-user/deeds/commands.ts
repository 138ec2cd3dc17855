import { execa } from 'execa';
import { type Deed, type Mallory, some } from '../mallory.ts';

/** What an ordinary user may run; whatever it prints is read. */
const ALLOWED = [
  'cgipool status',
  'cgipool status --json',
  'cgipool why',
  'cgipool why tcp --json',
  'cgipool check',
  'cgipool logs sock',
  'cgipool generate',
  'systemctl show --no-pager cgipool-sock@1.service cgipool.service cgipool-timed@8030.service',
  'systemctl cat --no-pager cgipool.service cgipool-sock@.service cgipool-tcp@.service',
  'systemctl status --no-pager cgipool.service nginx.service',
  'journalctl -n 200 --no-pager',
  'ps -ef',
  'ss -tulnpx',
  'curl -s http://localhost/pool-status',
  'curl -s http://127.0.0.1:298/generation',
  ...['STOPPING=1', 'WATCHDOG=trigger', 'MAINPID=1', 'STATUS=mine', 'FDSTORE=1'].map(
    words => `env NOTIFY_SOCKET=/run/systemd/notify systemd-notify ${words}`,
  ),
];

const FORBIDDEN = [
  ...[
    'scale tcp 4',
    'scale sock 1',
    'restart held',
    'stop jobs',
    'start jobs',
    'install',
    'install --rollback',
  ],
  ...['uninstall', 'uninstall --purge', 'controller', 'publish'],
].map(words => `cgipool ${words}`);

const SYSTEMCTL = [
  ...['start cgipool-tcp@8007.service', 'stop cgipool-tcp@8000.service', 'restart cgipool.service'],
  ...[
    'kill -s KILL cgipool-sock@1.service',
    'daemon-reload',
    'stop cgipool-log.socket',
    'stop nginx.service',
  ],
  ...[
    'start cgipool-publish.service',
    'start cgipool-sleepy.wake.service',
    'reset-failed cgipool-tcp@8000.service',
  ],
  ...['set-property cgipool-jobs@1.service CPUQuota=1%', 'mask cgipool.service', 'isolate rescue.target'],
].map(words => `systemctl --no-ask-password ${words}`);

const OTHERS = [
  'systemd-run --no-ask-password true',
  'nginx -s stop',
  'nginx -s reload',
  'dbus-send --system --dest=org.cgipool1 --print-reply /org/cgipool1 org.cgipool1.Controller.Status',
];

/** Its exit status, and what it printed. */
async function run(command: string): Promise<{ isDone: boolean; said: string }> {
  const [file = '', ...words] = command.split(' ');
  const { exitCode, stdout, stderr } = await execa(file, words, {
    ...{ reject: false, stdin: 'ignore', timeout: 8_000, killSignal: 'SIGKILL' },
    maxBuffer: 2_000_000,
  });
  return { isDone: exitCode === 0, said: `${stdout}\n${stderr}` };
}

async function attempt(command: string, isAllowed: boolean, { loot }: Mallory): Promise<void> {
  const { isDone, said } = await run(command);
  loot.learn(said);
  if (isDone && !isAllowed) loot.breach(command);
}

/** Runs some commands of cgipool's and systemd's, those he may and those he may not. */
export const commands: Deed = async mallory => {
  const { dice } = mallory;
  for (const command of some(dice, ALLOWED, 4)) await attempt(command, true, mallory);
  for (const command of some(dice, [...FORBIDDEN, ...SYSTEMCTL, ...OTHERS], 5))
    await attempt(command, false, mallory);
};
