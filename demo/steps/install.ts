import type { Stage } from '../stage.ts';

const VERIFY = 'systemd-analyze verify --man=no --recursive-errors=yes';

async function verified({ host, transcript }: Stage): Promise<boolean> {
  const { out, err } = await host.attempt(`${VERIFY} /etc/systemd/system/cgipool*.{service,timer,slice}`);
  const words = out + err;
  if (words !== '') transcript.note(words);
  return words === '';
}

export async function install(stage: Stage): Promise<void> {
  const { host, transcript } = stage;
  transcript.title('sudo ./install.sh');
  if (!(await transcript.check('install.sh succeeds', () => host.show('./install.sh'))))
    throw new Error('without it nothing of the rest can work');
  await transcript.check('a second run succeeds and changes nothing', async () =>
    /^nothing to change/m.test(await host.install()),
  );
  const active = 'systemctl is-active cgipool.service cgipool-autoscale.timer | sort -u';
  await transcript.check(
    'controller and timer are active',
    async () => (await host.run(active)) === 'active',
  );
  const user = 'ps -o user= -p "$(systemctl show -P MainPID cgipool.service)"';
  await transcript.check('the controller is not root', async () => (await host.run(user)) === 'cgipool');
  await transcript.check('every unit passes systemd-analyze verify', () => verified(stage));
}
