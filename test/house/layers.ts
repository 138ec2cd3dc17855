import { type Import, importsOf, place, type Source } from './source.ts';

/** What a folder of src/ may import beside its own files. */
interface Room {
  /** Folders of which it may import anything. */
  rooms: readonly string[];
  /** npm packages, and `node:` for all of Node's own. */
  packages: readonly string[];
  /** Folders of which it may import types. */
  types?: readonly string[];
  /** Single files of which it may import anything: pure helpers. */
  files?: readonly string[];
}

/** The house, from the ground up: imports go down only. docs/architecture.md draws it. */
export const HOUSE: Readonly<Record<string, Room>> = {
  pool: { rooms: [], packages: ['ini'] },
  render: { rooms: ['pool'], packages: [] },
  scale: { rooms: ['pool'], packages: [] },
  simulate: { rooms: ['pool', 'scale'], packages: [] },
  wire: { rooms: [], packages: [], files: ['src/pool/result.ts'] },
  plan: { rooms: ['pool', 'scale'], packages: [] },
  host: {
    rooms: ['wire'],
    packages: ['node:', 'dbus-next', 'execa'],
    types: ['plan', 'pool', 'scale'],
    files: ['src/pool/names.ts', 'src/pool/result.ts', 'src/scale/histogram.ts'],
  },
  install: { rooms: ['host', 'plan', 'render', 'pool'], packages: ['node:', 'execa'] },
  controller: { rooms: ['host', 'plan', 'scale', 'pool'], packages: ['dbus-next'] },
  cli: {
    rooms: ['controller', 'install', 'host', 'simulate', 'plan', 'scale', 'render', 'pool'],
    packages: ['node:', 'commander', 'execa'],
  },
};

/** `src/pool/pool.ts` -> `pool` */
export const roomOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? '';

const isPackage = (allowed: readonly string[], target: string): boolean =>
  allowed.some(name => target === name || (name.endsWith(':') && target.startsWith(name)));

function isAllowed(from: string, { target, typeOnly }: Import): boolean {
  const room = HOUSE[from];
  if (!room || target === null) return false;
  if (!target.startsWith('src/')) return isPackage(room.packages, target);
  const to = roomOf(target);
  if (to === from || room.rooms.includes(to) || room.files?.includes(target)) return true;
  return typeOnly && (room.types?.includes(to) ?? false);
}

function strange(source: Source, found: Import): string {
  const from = roomOf(source.path);
  const what = found.target ?? 'what is computed at run time';
  return `${place(source, found.node)}: ${from || 'a file outside of the rooms'} may not import ${what}`;
}

/** Every import of src/ that the house does not allow. */
export const wrongImports = (sources: readonly Source[]): string[] =>
  sources.flatMap(source =>
    importsOf(source)
      .filter(found => !isAllowed(roomOf(source.path), found))
      .map(found => strange(source, found)),
  );
