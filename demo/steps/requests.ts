import { get, type Stage } from '../stage.ts';

const SEARCH = /^\{"query": "nginx", "results": \[".+"\], "pid": [0-9]+\}$/m;
const AUTH = /^\{"user": "ada", "token": "[0-9a-f]{64}", "pid": [0-9]+\}$/m;

const hasBoth = (answer: string): boolean => {
  const { pools } = JSON.parse(answer) as { pools: { name: string }[] };
  return pools.map(({ name }) => name).join() === 'auth,search';
};

async function ask(
  { host, transcript }: Stage,
  path: string,
  most = Number.POSITIVE_INFINITY,
): Promise<string> {
  const answer = await get(host, path);
  transcript.note(`GET ${path} -> ${answer.length > most ? `${answer.slice(0, most)}...` : answer}`);
  return answer;
}

export async function requests(stage: Stage): Promise<void> {
  const { transcript } = stage;
  transcript.title('requests through nginx');
  const search = await ask(stage, '/api/search?q=nginx');
  await transcript.check('search answers query, results and pid', () => SEARCH.test(search));
  const auth = await ask(stage, '/api/auth?user=ada');
  await transcript.check('auth answers user, token and pid', () => AUTH.test(auth));
  const status = await ask(stage, '/pool-status', 200);
  await transcript.check('/pool-status is JSON with both pools', () => hasBoth(status));
}
