import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** One file of TypeScript, parsed. The path is from the top: `src/pool/pool.ts`. */
export interface Source {
  path: string;
  tree: ts.SourceFile;
}

export interface Import {
  /** A path from the top for a file of ours, else as written: `node:fs`, `got`. Null when it is computed. */
  target: string | null;
  /** Nothing of it is there at run time. */
  typeOnly: boolean;
  node: ts.Node;
}

export const parse = (path: string, text: string): Source => ({
  path,
  tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true),
});

const known = new Map<string, Source[]>();

/** Every .ts file below a folder of the checkout. */
export function readSources(folder: string): Source[] {
  const sources = known.get(folder) ?? sourcesBelow(folder);
  known.set(folder, sources);
  return sources;
}

function sourcesBelow(folder: string): Source[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(n => n.endsWith('.ts'));
  return names.sort().map(name => parse(`${folder}/${name}`, readFileSync(`${folder}/${name}`, 'utf8')));
}

/** All nodes of a tree that a guard accepts. */
export function find<T extends ts.Node>(root: ts.Node, is: (node: ts.Node) => node is T): T[] {
  const found: T[] = [];
  const visit = (node: ts.Node): void => {
    if (is(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

/** `src/pool/a.ts:7`, where an editor jumps to. */
export const place = ({ path, tree }: Source, node: ts.Node): string =>
  `${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;

/** Without Node's path module, so that `src/x.ts` of an example needs no disk. */
const resolve = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? new URL(specifier, `file:///${from}`).pathname.slice(1) : specifier;

const isTypeImport = (clause: ts.ImportClause | undefined): boolean => {
  if (!clause) return false;
  const named = clause.namedBindings;
  const listed = named && ts.isNamedImports(named) ? named.elements : undefined;
  return clause.isTypeOnly || (!clause.name && listed !== undefined && listed.every(e => e.isTypeOnly));
};

const isTypeExport = ({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean =>
  isTypeOnly ||
  (exportClause !== undefined &&
    ts.isNamedExports(exportClause) &&
    exportClause.elements.every(e => e.isTypeOnly));

const isCallOfImport = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) &&
  (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require');

type Raw = [specifier: ts.Node | undefined, typeOnly: boolean];

const raw = ({ tree }: Source): Raw[] => [
  ...find(tree, ts.isImportDeclaration).map((n): Raw => [n.moduleSpecifier, isTypeImport(n.importClause)]),
  ...find(tree, ts.isExportDeclaration)
    .filter(n => n.moduleSpecifier)
    .map((n): Raw => [n.moduleSpecifier, isTypeExport(n)]),
  ...find(tree, ts.isImportTypeNode).map(
    (n): Raw => [ts.isLiteralTypeNode(n.argument) ? n.argument.literal : n, true],
  ),
  ...find(tree, isCallOfImport).map((n): Raw => [n.arguments[0] ?? n, false]),
];

/** Everything that a file imports, however it is written. */
export const importsOf = (source: Source): Import[] =>
  raw(source).flatMap(([node, typeOnly]) =>
    node
      ? [
          {
            target: ts.isStringLiteralLike(node) ? resolve(source.path, node.text) : null,
            typeOnly,
            node,
          },
        ]
      : [],
  );
