type Task<T> = () => Promise<T>;

/**
 * Runs queues of tasks side by side, one task of each at a time, and tells of each as it ends. One that is through helps
 * with the queues after it, so that two tasks of one queue run together only where it is the last.
 */
export async function runAll<T>(
  queues: readonly (readonly Task<T>[])[],
  done: (result: T) => void,
): Promise<T[]> {
  const results: T[] = [];
  const left = queues.map(queue => [...queue]);
  const next = (lane: number): Task<T> | undefined =>
    left
      .slice(lane)
      .find(q => q.length > 0)
      ?.shift();
  const worker = async (_: unknown, lane: number): Promise<void> => {
    for (let task = next(lane); task; task = next(lane)) {
      const result = await task();
      results.push(result);
      done(result);
    }
  };
  await Promise.all(queues.map(worker));
  return results;
}
