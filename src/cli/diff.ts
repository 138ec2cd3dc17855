import { createTwoFilesPatch } from 'diff';
import { green, red } from './output.ts';

const NONE = '/dev/null';

const painted = (line: string): string =>
  line.startsWith('+') ? green(line) : line.startsWith('-') ? red(line) : line;

/** A unified diff of a file, as git prints it; null is a file that does not exist. Empty if nothing differs. */
export function unifiedDiff(file: string, before: string | null, after: string | null): string {
  if (before === after) return '';
  const [from, to] = [before === null ? NONE : file, after === null ? NONE : file];
  const patch = createTwoFilesPatch(from, to, before ?? '', after ?? '', '', '', {
    context: 3,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
  return patch.trimEnd().split('\n').map(painted).join('\n');
}
