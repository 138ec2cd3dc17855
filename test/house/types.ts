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

/** What the schemas of base/schema.ts are called as types. */
const TYPES: Record<string, string> = {
  text: 'string',
  number: 'number',
  integer: 'number',
  flag: 'boolean',
};

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The type that a schema's expression describes, as an interface would have it. */
function typeOf(schema: ts.Expression): string {
  if (ts.isIdentifier(schema)) return TYPES[schema.text] ?? capital(schema.text);
  if (!ts.isCallExpression(schema)) return schema.getText();
  const { expression, arguments: given } = schema;
  const [first] = given;
  // a default for what is absent
  if (ts.isPropertyAccessExpression(expression)) return typeOf(expression.expression);
  if (expression.getText() === 'oneOf') return given.map(word => word.getText()).join(' | ');
  const inner = first ? typeOf(first) : '';
  return { nullable: `${inner} | null`, list: `${inner}[]` }[expression.getText()] ?? schema.getText();
}

/** The record that `type X = Infer<typeof record>` names, if it is written so. */
function recordOf(sources: readonly Source[], type: ts.Node): ts.ObjectLiteralExpression | null {
  const name = /Infer<typeof (\w+)>/.exec(type.getText())?.[1];
  const is = (node: ts.Node): node is ts.VariableDeclaration =>
    ts.isVariableDeclaration(node) && node.name.getText() === name;
  const sameFile = sources.filter(({ tree }) => tree === type.getSourceFile());
  const [found] = sameFile.flatMap(({ tree }) => find(tree, is));
  const [fields] = found ? find(found, ts.isObjectLiteralExpression) : [];
  return fields ?? null;
}

/** The fields of an interface or a stored record with their types, in order. */
export function fieldsOf(sources: readonly Source[], name: string): [field: string, type: string][] {
  const type = declaration(sources, name);
  const record = recordOf(sources, type);
  if (!record)
    return find(type, ts.isPropertySignature).map(field => [
      field.name.getText(),
      spelled(field.type?.getText() ?? ''),
    ]);
  return record.properties.map(field => {
    const value = ts.isPropertyAssignment(field) ? field.initializer : field.name;
    return [field.name?.getText() ?? '', spelled(typeOf(value as ts.Expression))];
  });
}

/** The words of a union of words. */
export const wordsOf = (sources: readonly Source[], name: string): string[] =>
  find(declaration(sources, name), ts.isStringLiteral).map(word => word.text);

/** What a constant is made of. Throws when there is no such constant. */
function initializerOf(sources: readonly Source[], constant: string): ts.Expression {
  const is = (node: ts.Node): node is ts.VariableDeclaration =>
    ts.isVariableDeclaration(node) && node.name.getText() === constant;
  const [value] = sources
    .flatMap(({ tree }) => find(tree, is))
    .flatMap(({ initializer }) => initializer ?? []);
  if (!value) throw new Error(`there is no constant ${constant}`);
  return value;
}

/** The names in a list that a constant holds. */
export function listOf(sources: readonly Source[], constant: string): string[] {
  const list = initializerOf(sources, constant);
  if (!ts.isArrayLiteralExpression(list)) throw new Error(`${constant} is no list`);
  return list.elements.map(element => element.getText());
}

/** The words that a constant's schema takes: `const kind = oneOf('a', 'b')`. */
export function choicesOf(sources: readonly Source[], constant: string): string[] {
  const schema = initializerOf(sources, constant);
  if (!ts.isCallExpression(schema) || schema.expression.getText() !== 'oneOf')
    throw new Error(`${constant} is no choice of words`);
  return schema.arguments.filter(ts.isStringLiteral).map(word => word.text);
}
