// Has the real nginx read texts: of each case, a list of [path, text], it writes the files, and tells with what status
// `nginx -T` ended, what it complained of, and how it prints those files. nginx-reads.mjs CASES OUT
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

const [cases, out] = process.argv.slice(2);

/** The text of each file as it stands in nginx's output. */
function printed(output) {
  const parts = output.split(/^# configuration file (.*):\n/m).slice(1);
  const pairs = parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1]]] : []));
  // it ends each with an empty line
  return pairs.map(([path, text]) => [path, text.replace(/\n$/, '')]);
}

function read(files) {
  for (const [path, text] of files) writeFileSync(path, text);
  try {
    const said = execFileSync('nginx', ['-T', '-q'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return { code: 0, error: '', files: printed(said) };
  } catch ({ status, stderr }) {
    return { code: status, error: stderr, files: [] };
  } finally {
    for (const [path] of files) rmSync(path, { force: true });
  }
}

writeFileSync(out, JSON.stringify(JSON.parse(readFileSync(cases, 'utf8')).map(read)));
