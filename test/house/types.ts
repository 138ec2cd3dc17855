import ts from 'typescript';
import { find, type Source } from './source.ts';

const named =
  (name: string) =>
  (node: ts.Node): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration =>
    (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && node.name.text === name;

function declaration(sources: readonly Source[], name: string): ts.Node {
  const [found] = sources.flatMap(({ tree }) => find(tree, named(name)));
  if (!found) throw new Error(`there is no type ${name}`);
  return found;
}

/** As the pages write a type: `'a' | null` is "`a` or null". */
const spelled = (type: string): string => type.replaceAll("'", '`').replaceAll(' | ', ' or ');

/** The fields of an interface with their types, in order. */
export const fieldsOf = (sources: readonly Source[], name: string): [field: string, type: string][] =>
  find(declaration(sources, name), ts.isPropertySignature).map(field => [
    field.name.getText(),
    spelled(field.type?.getText() ?? ''),
  ]);

/** The words of a union of words. */
export const wordsOf = (sources: readonly Source[], name: string): string[] =>
  find(declaration(sources, name), ts.isStringLiteral).map(word => word.text);

/** The names in a list that a constant holds. */
export function listOf(sources: readonly Source[], constant: string): string[] {
  const is = (node: ts.Node): node is ts.VariableDeclaration =>
    ts.isVariableDeclaration(node) && node.name.getText() === constant;
  const [list] = sources
    .flatMap(({ tree }) => find(tree, is))
    .flatMap(({ initializer }) =>
      initializer && ts.isArrayLiteralExpression(initializer) ? [initializer] : [],
    );
  if (!list) throw new Error(`there is no list ${constant}`);
  return list.elements.map(element => element.getText());
}
