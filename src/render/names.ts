/** The most characters of a machine's name (HOST_NAME_MAX), which nginx puts in place of `$hostname`. */
const MAX_HOSTNAME_CHARS = 64;
/** What nginx takes by itself: a line of the processor's cache. */
const DEFAULT_BUCKET = 64;

/** Says in place of the directive that nginx refuses ours, next to one of the administrator's. */
const ELSEWHERE = '# server_names_hash_bucket_size is set elsewhere';

/** Whether the text of site.conf leaves the size to the administrator. */
export const leavesNames = (text: string | null): boolean => text?.includes(ELSEWHERE) ?? false;

/** The bytes that nginx needs for its longest name: two pointers, the name and its length, in multiples of a pointer. */
function bucketFor(names: readonly string[]): number {
  const longest = Math.max(...names.map(name => (name === '$hostname' ? MAX_HOSTNAME_CHARS : name.length)));
  return 16 + 8 * Math.ceil((longest + 2) / 8);
}

/** Makes room for long names: without it nginx does not start. */
export function namesHash(names: readonly string[], isElsewhere: boolean): string[] {
  const size = 2 ** Math.ceil(Math.log2(bucketFor(names)));
  if (size <= DEFAULT_BUCKET) return [];
  return [isElsewhere ? ELSEWHERE : `server_names_hash_bucket_size ${size};`];
}
