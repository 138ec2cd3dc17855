import { overwrittenText } from '../../model/routing.ts';
import { Failure, requireRoot } from '../failure.ts';

/** `cgipool publish`: the oneshot of cgipool-publish.service. */
export async function publish(): Promise<void> {
  requireRoot('cgipool publish');
  const { Bus } = await import('../../host/systemd/bus.ts');
  const { publishStep } = await import('../../publish/publish.ts');
  const bus = await Bus.connect();
  const done = await publishStep(bus).finally(() => bus.close());
  if (!done.ok) throw new Failure(done.error);
  // at the journal's level of warnings, see sd-daemon(3)
  for (const path of done.value.overwritten) console.log(`<4>${overwrittenText(path)}`);
}
