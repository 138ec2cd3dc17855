import { importsOf, type Source } from './source.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

/** Who imports whom; with `types` also what is there for the compiler alone. */
export const graphOf = (sources: readonly Source[], { types } = { types: true }): Graph =>
  new Map(
    sources.map(source => [
      source.path,
      importsOf(source).flatMap(({ target, typeOnly }) =>
        target === null || (typeOnly && !types) ? [] : [target],
      ),
    ]),
  );

/** The circles of a graph, each as `a -> b -> a`; one for each import that closes one. */
export function cycles(graph: Graph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' -> '));
    if (at >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** The files that entries need, themselves included. */
export function reached(graph: Graph, ...entries: string[]): string[] {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const next of graph.get(path) ?? []) visit(next);
  };
  entries.forEach(visit);
  return [...graph.keys()].filter(path => found.has(path));
}

/** The files that nothing reaches from the entries. */
export function unreached(graph: Graph, ...entries: string[]): string[] {
  const found = new Set(reached(graph, ...entries));
  return [...graph.keys()].filter(path => !found.has(path));
}
