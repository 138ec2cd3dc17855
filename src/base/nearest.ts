/** Levenshtein distance: the least number of characters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (character === other ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Edits; a word further away is not a misspelling. */
const MAX_DISTANCE = 3;

/** The candidate that `word` is probably a misspelling of. */
export function findNearest(word: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map(candidate => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ distance, candidate }) => distance <= Math.min(MAX_DISTANCE, candidate.length - 1));
  return near.sort((a, b) => a.distance - b.distance)[0]?.candidate;
}
