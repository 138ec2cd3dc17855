import { Failure } from './failure.ts';
import { requireRoot } from './root.ts';

/** `cgipool publish`: the oneshot of cgipool-publish.service. */
export async function publish(): Promise<void> {
  requireRoot('cgipool publish');
  const { Bus } = await import('../host/bus.ts');
  const { publishStep } = await import('../install/publish.ts');
  const bus = await Bus.connect();
  const done = await publishStep(bus).finally(() => bus.close());
  if (!done.ok) throw new Failure(done.error);
}
