import { writeOwnPools } from '../own-pools.ts';
import type { Stage } from '../stage.ts';

const ANSWERS = "curl -s -o /dev/null --max-time 40 -w '%{http_code}' http://localhost";

export async function languages({ host, transcript }: Stage): Promise<void> {
  transcript.title('language freedom: three more programs that know nothing of cgipool, three lines each');
  const pools = await writeOwnPools(host);
  await transcript.check('cgipool install takes them up', () => host.show('cgipool install'));
  for (const pool of pools)
    await transcript.check(`${pool} serves through nginx`, () =>
      host.await(`[ "$(${ANSWERS}/${pool}/)" = 200 ] && echo yes`),
    );
}
