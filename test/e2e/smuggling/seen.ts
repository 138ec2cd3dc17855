import type { Machine } from '../../../tools/machine/machine.ts';
import type { Speaker } from './speakers.ts';

type Piece = [connection: string, by: 'nginx' | 'worker', text: string];

/** What a worker saw. */
export interface Seen {
  /** Connections from nginx; null: nobody counts them. */
  connections: number | null;
  /** Final answers of the worker, or requests that it logged. */
  answers: number;
  /** The hidden requests among them. */
  smuggled: string[];
}

/** The texts of one side, by connection. */
function textsOf(pieces: readonly Piece[], side: Piece[1]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [connection, by, text] of pieces)
    if (by === side) texts.set(connection, (texts.get(connection) ?? '') + text);
  return texts;
}

/** Answers but 1xx: a body that looks like one has no status after the version. */
const ANSWER = /HTTP\/1\.[01] [2-5]\d\d /g;
/** Probes have connections of their own. */
const PROBE = 'User-Agent: cgipool\r\n';

async function witnessedBy(m: Machine, { pool, told }: Speaker): Promise<Seen> {
  const lines = (await m.run(`cat /srv/seen/${pool}`)).trim().split('\n');
  const pieces = lines.map(line => JSON.parse(line) as Piece);
  const asked = [...textsOf(pieces, 'nginx')].filter(([, text]) => !text.includes(PROBE));
  const answers = textsOf(pieces, 'worker');
  const texts = asked.map(([connection]) => answers.get(connection) ?? '');
  return {
    connections: asked.length,
    answers: texts.reduce((sum, text) => sum + (text.match(ANSWER)?.length ?? 0), 0),
    smuggled: texts.flatMap(text =>
      [...text.matchAll(told)].map(match => match[1] ?? '').filter(word => word.startsWith('smuggled')),
    ),
  };
}

/** By the lines of the example programs: `asked for /php/smuggled-3?q=smuggled-3`. */
async function loggedBy(m: Machine, { pool }: Speaker): Promise<Seen> {
  const text = await m.run(`journalctl -q -o cat -u 'cgipool-${pool}@*' | grep -a 'asked for' || true`);
  const words = [...text.matchAll(/asked for \/[\w-]+\/((?:outer|victim|smuggled)-\d+)/g)].map(
    ([, word = '']) => word,
  );
  const smuggled = words.filter(word => word.startsWith('smuggled'));
  return { connections: null, answers: words.length, smuggled };
}

/** What a worker saw of the requests so far. */
export const seenBy = (m: Machine, speaker: Speaker): Promise<Seen> =>
  speaker.script ? loggedBy(m, speaker) : witnessedBy(m, speaker);

/** What nginx's log has of a pool. */
export interface Forwarded {
  /** How often it dialled a worker, or took a kept connection. */
  count: number;
  /** The hidden requests that it passed on as requests of their own. */
  words: string[];
}

export async function forwardedTo(m: Machine, { pool }: Speaker): Promise<Forwarded> {
  const text = await m.run(`grep -aP '\\t/${pool}/' /var/log/nginx/seen.log`);
  const lines = text.split('\n').map(line => line.split('\t'));
  const dialled = lines.filter(([addresses]) => addresses !== '-');
  return {
    count: dialled.reduce((sum, [addresses = '']) => sum + addresses.split(/, | : /).length, 0),
    words: dialled.flatMap(([, uri = '']) => /smuggled-\d+/.exec(uri)?.[0] ?? []),
  };
}
