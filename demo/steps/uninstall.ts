import type { Stage } from '../stage.ts';
import { tracesOn } from '../traces.ts';

export async function uninstall({ host, transcript, before }: Stage): Promise<void> {
  transcript.title('cgipool uninstall');
  await transcript.check('uninstall succeeds', () => host.show('cgipool uninstall --purge'));
  const left = (await tracesOn(host)).filter(trace => !before.includes(trace));
  for (const trace of left) transcript.show(trace);
  await transcript.check('nothing is left', () => left.length === 0);
  await transcript.check('nginx goes on', () => host.run('systemctl is-active nginx'));
}
