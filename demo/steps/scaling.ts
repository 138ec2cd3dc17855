import { awaitServing, type Stage } from '../stage.ts';

/** So short a window that the demo sees the pool shrink too. */
const SHORTEN = `sed -i 's/^Window=.*/Window=10s/' /etc/cgipool/search.pool && cgipool install`;

export async function scaling({ host, transcript }: Stage): Promise<void> {
  transcript.title('dynamic scaling: 12 requests at once, of 50 ms each');
  await host.run(SHORTEN);
  const load = host.load('http://localhost/api/search?q=scale&burn=50', '--concurrent 12 --seconds 16');
  await transcript.check('the timer grows the pool to its maximum of 5', () =>
    awaitServing(host, 'search', 5, 16),
  );
  await host.show('cgipool why search | head -4');
  const { summary, failed } = await load;
  transcript.note(summary);
  await transcript.check('0 failed requests', () => failed === 0);
  await transcript.check('and shrinks it to 2 when it is quiet', () => awaitServing(host, 'search', 2, 40));
  await host.show('cgipool why search | head -4');
}
