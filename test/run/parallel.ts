/** Runs tasks, at most `limit` at a time, and tells of each as it ends. */
export async function runAll<T>(
  tasks: readonly (() => Promise<T>)[],
  limit: number,
  done: (result: T) => void,
): Promise<T[]> {
  const results: T[] = [];
  const queue = [...tasks];
  const worker = async (): Promise<void> => {
    for (let task = queue.shift(); task; task = queue.shift()) {
      const result = await task();
      results.push(result);
      done(result);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
