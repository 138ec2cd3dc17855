import { awaitServing, type Stage } from '../stage.ts';

export async function start({ host, transcript }: Stage): Promise<void> {
  transcript.title('the pools start: cgipool status');
  await transcript.check('search serves from 2 instances', () => awaitServing(host, 'search', 2));
  await transcript.check('auth serves from 1 instance', () => awaitServing(host, 'auth', 1));
  await host.show('cgipool status');
}
