import ts from 'typescript';
import { find, place, type Source } from './source.ts';

const isAny = (node: ts.Node): node is ts.Node => node.kind === ts.SyntaxKind.AnyKeyword;

/** Every `any`. */
export const anys = (sources: readonly Source[]): string[] =>
  sources.flatMap(source => find(source.tree, isAny).map(node => `${place(source, node)}: any`));

/** Comments that silence the compiler or the linter. */
const SILENCER = /(?:\/\/|\/\*).*?(biome-ignore|eslint-|@ts-(?:ignore|expect-error|nocheck))/;

export const silencers = (sources: readonly Source[]): string[] =>
  sources.flatMap(({ path, tree }) =>
    tree.text.split('\n').flatMap((line, i) => {
      const found = SILENCER.exec(line)?.[1];
      return found === undefined ? [] : [`${path}:${i + 1}: ${found}`];
    }),
  );

const isSuite = (node: ts.Node): node is ts.VariableDeclaration =>
  ts.isVariableDeclaration(node) &&
  node.initializer !== undefined &&
  ts.isCallExpression(node.initializer) &&
  node.initializer.expression.getText() === 'suite';

const isRunOf =
  (name: string) =>
  (statement: ts.Node): boolean =>
    ts.isExpressionStatement(statement) && statement.expression.getText() === `${name}.run()`;

function unrunIn({ path, tree }: Source): string[] {
  const suites = find(tree, isSuite).map(node => node.name.getText());
  if (suites.length === 0) return [`${path}: no suite`];
  return suites
    .filter(name => !tree.statements.some(isRunOf(name)))
    .map(name => `${path}: ${name}.run() is never called`);
}

/** Test files with a suite that never runs: uvu would pass them with no test at all. */
export const unrun = (sources: readonly Source[]): string[] =>
  sources.filter(({ path }) => path.endsWith('.test.ts')).flatMap(unrunIn);
