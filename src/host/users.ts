import { readFile } from 'node:fs/promises';

const rows = async (file: string): Promise<string[][]> =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').map(line => line.split(':'));

/** root, and the users whose own group is the given one: those that nginx runs as. */
export async function usersOf(group: string): Promise<ReadonlySet<number>> {
  const gid = (await rows('/etc/group')).find(([name]) => name === group)?.[2];
  const users = (await rows('/etc/passwd')).filter(row => gid !== undefined && row[3] === gid);
  return new Set([0, ...users.map(([, , uid]) => Number(uid))]);
}
