import { type Stage, serving } from '../stage.ts';

const INSTANCE = /cgipool-search@[0-9]*\.service - Search workers/g;

/** systemd's own tools see the workers. */
async function systemctl({ host, transcript }: Stage): Promise<void> {
  transcript.title("standard tooling: systemctl status 'cgipool-search@*'");
  // its exit status is about the workers
  const { out: status } = await host.attempt("systemctl status --no-pager 'cgipool-search@*'");
  transcript.show(status.split('\n').slice(0, 12).join('\n'));
  await transcript.check('systemctl shows the instances', () => [...status.matchAll(INSTANCE)].length >= 2);
}

/** Its death, and the start after it, are lines in the journal. */
async function killOne({ host }: Stage): Promise<void> {
  const { instances } = await host.poolStatus('search');
  const killed = Number(await host.signal('KILL', 'search', Number(instances[0]?.slot)));
  await host.until('search', status => serving(status) >= 2 && status.instances.every(i => i.pid !== killed));
}

async function journalctl(stage: Stage): Promise<void> {
  const { host, transcript } = stage;
  await killOne(stage);
  transcript.title("standard tooling: journalctl -u 'cgipool-search@*'");
  const lines = await host.run("journalctl --no-pager -n 5 -u 'cgipool-search@*'");
  transcript.show(lines);
  await transcript.check('journalctl has lines of the workers', () => lines.includes('cgipool-search@'));
}

export async function tools(stage: Stage): Promise<void> {
  await systemctl(stage);
  await journalctl(stage);
}
