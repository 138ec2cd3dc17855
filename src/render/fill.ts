/** The texts below units/ and nginx/, by their path from the top. */
export type Assets = Record<string, string>;

const PLACEHOLDER = /@([A-Z]+)@/g;

/**
 * Puts values into a template's `@NAME@` places. Throws when the template is missing, or names and values do not match:
 * both are mistakes of ours, never of a pool file.
 */
export function fill(assets: Assets, name: string, values: Record<string, string>): string {
  const template = assets[name];
  if (template === undefined) throw new Error(`the template ${name} is missing: reinstall cgipool`);
  const unused = new Set(Object.keys(values));
  const text = template.replace(PLACEHOLDER, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name}: nothing to put for @${key}@`);
    unused.delete(key);
    return value;
  });
  if (unused.size > 0) throw new Error(`${name}: no place for ${[...unused].join(', ')}`);
  return text;
}
