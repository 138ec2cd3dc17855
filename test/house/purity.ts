import ts from 'typescript';
import { roomOf } from './layers.ts';
import { find, place, type Source } from './source.ts';

const PURE = new Set(['base', 'model', 'pool-file', 'render', 'plan', 'scale', 'simulate', 'wire']);

/** Names of the run time that bring in the time, chance, or the world. */
const WORLDLY = new Set([
  ...['process', 'console', 'fetch', 'performance', 'crypto', 'globalThis', 'global', 'Buffer', 'WebSocket'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', '__dirname', '__filename', 'Intl'],
]);

/** `x` of `a.x` and of `{ x: 1 }` are names of their own. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  const isMember =
    ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent);
  return !(isMember && parent.name === node);
}

const isWorldly = (node: ts.Node): node is ts.Identifier =>
  ts.isIdentifier(node) && WORLDLY.has(node.text) && isReference(node);

/** The present time, chance, and the language and time zone of whoever runs it. */
const isImpureAccess = (node: ts.Node): node is ts.PropertyAccessExpression =>
  ts.isPropertyAccessExpression(node) &&
  (['Date.now', 'Math.random', 'import.meta'].includes(node.getText()) || /^toLocale/.test(node.name.text));

/** `new Date()` and `Date()` read the clock; `new Date(ms)` does not. */
const isClock = (node: ts.Node): node is ts.NewExpression | ts.CallExpression =>
  (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
  node.expression.getText() === 'Date' &&
  (ts.isCallExpression(node) || (node.arguments?.length ?? 0) === 0);

const isImportMeta = (node: ts.Node): node is ts.MetaProperty =>
  ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword;

/** Whatever makes a pure room depend on more than its arguments. */
export const impurities = (sources: readonly Source[]): string[] =>
  sources
    .filter(source => PURE.has(roomOf(source.path)))
    .flatMap(source =>
      [isWorldly, isImpureAccess, isClock, isImportMeta]
        .flatMap(is => find(source.tree, is as (node: ts.Node) => node is ts.Node))
        .map(node => `${place(source, node)}: ${node.getText()} in a pure room`),
    );

/** The journal is where a daemon of systemd prints. */
const MAY_PRINT = new Set(['src/controller/log.ts']);

const isPrinting = (node: ts.Node): node is ts.Node =>
  (ts.isIdentifier(node) && node.text === 'console' && isReference(node)) ||
  (ts.isPropertyAccessExpression(node) &&
    /^process\.(stdout|stderr|exit|exitCode|abort|reallyExit)$/.test(node.getText()));

/** Whatever prints or exits outside of cli/. */
export const printing = (sources: readonly Source[]): string[] =>
  sources
    .filter(({ path }) => roomOf(path) !== 'cli' && !MAY_PRINT.has(path))
    .flatMap(source =>
      find(source.tree, isPrinting).map(
        node => `${place(source, node)}: ${node.getText()} outside of src/cli/`,
      ),
    );
