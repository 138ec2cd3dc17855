// Bundles the program into dist/, or the folder given: it starts twice as fast as from node_modules, and needs none where
// it is installed.
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = process.argv[2] ?? 'dist';

const SHARED = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // optional parts of dbus-next that nothing here uses
  external: ['usocket', 'x11'],
  legalComments: 'none',
  // a third less to read at each start; names stay, for what is told of errors
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
};

const banner = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

await rm(outdir, { recursive: true, force: true });
await build({
  ...SHARED,
  entryPoints: { cgipool: 'src/cli/main.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  // verbs are imported when called: a chunk each
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  banner: { js: banner },
});
// as one file of the kind that Node starts soonest: workers wait for it
await build({
  ...SHARED,
  entryPoints: ['src/cli/publish-main.ts'],
  outfile: `${outdir}/publish.cjs`,
  format: 'cjs',
  define: { 'import.meta.url': '__url' },
  banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
});
await chmod(`${outdir}/cgipool.mjs`, 0o755);
