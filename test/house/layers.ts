import { type Import, importsOf, place, type Source } from './source.ts';

/** What a room of src/ may import beside its own files. */
interface Room {
  /** Rooms of which it may import anything. */
  rooms: readonly string[];
  /** npm packages, and `node:` for all of Node's own. */
  packages: readonly string[];
  /** Rooms of which it may import types. */
  types?: readonly string[];
  /** Single files of which it may import anything: pure helpers. */
  files?: readonly string[];
  /** Its folders, each with those of its siblings that it may import. What lies in the room itself is free. */
  folders?: Readonly<Record<string, readonly string[]>>;
}

/** The house, from the ground up: imports go down only. CONTRIBUTING.md draws it. */
export const HOUSE: Readonly<Record<string, Room>> = {
  base: { rooms: [], packages: [] },
  model: { rooms: ['base'], packages: [] },
  'pool-file': {
    rooms: ['base', 'model'],
    packages: [],
    folders: {
      values: [],
      keys: ['values'],
      rules: ['values'],
      ownership: [],
      warnings: ['ownership', 'values'],
    },
  },
  scale: { rooms: ['base', 'model'], packages: [] },
  wire: { rooms: ['base'], packages: [] },
  render: { rooms: ['base', 'model'], packages: [] },
  plan: {
    rooms: ['base', 'model', 'scale'],
    packages: [],
    folders: {
      state: [],
      view: ['state'],
      learn: ['state', 'view'],
      size: ['replace', 'state', 'view'],
      replace: ['learn', 'state', 'view'],
      route: ['size', 'state', 'view'],
      status: ['learn', 'state', 'view'],
    },
  },
  host: {
    rooms: ['base', 'model', 'wire'],
    packages: ['node:', 'dbus-next', 'execa'],
    types: ['scale'],
    files: ['src/scale/histogram.ts'],
    folders: {
      files: [],
      kernel: ['files'],
      systemd: [],
      probe: ['systemd'],
      nginx: ['kernel', 'files', 'systemd'],
    },
  },
  install: {
    rooms: ['base', 'model', 'pool-file', 'render', 'host'],
    packages: ['node:', 'execa'],
    folders: { snapshots: [], compare: ['snapshots'], rollback: ['compare', 'snapshots'] },
  },
  publish: { rooms: ['base', 'model', 'render', 'host'], packages: ['node:'] },
  simulate: {
    rooms: ['base', 'model', 'scale'],
    packages: [],
    files: ['src/pool-file/values/spans.ts', 'src/pool-file/values/values.ts'],
    folders: { queue: [], log: ['queue'], report: ['log'], chart: ['report'] },
  },
  controller: {
    rooms: ['base', 'model', 'scale', 'plan', 'host'],
    packages: ['dbus-next'],
    files: ['src/pool-file/complete-installed.ts'],
    folders: { nginx: [], observe: ['nginx'], apply: [] },
  },
  cli: {
    rooms: [
      ...['base', 'model', 'pool-file', 'scale', 'plan', 'render', 'host', 'install', 'publish'],
      ...['simulate', 'controller'],
    ],
    // of package.json the version, which the build writes into the bundle
    packages: ['node:', 'commander', 'diff', 'execa', 'package.json'],
    folders: { describe: [], simulate: [], rollout: [], commands: ['describe', 'rollout', 'simulate'] },
  },
};

/** `src/plan/view/pass.ts` -> `plan` */
export const roomOf = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? '';

/** `src/plan/view/pass.ts` -> `view`; empty for what lies in the room itself. */
const folderOf = (path: string): string => /^src\/[^/]+\/([^/]+)\//.exec(path)?.[1] ?? '';

const isPackage = (allowed: readonly string[], target: string): boolean =>
  allowed.some(name => target === name || (name.endsWith(':') && target.startsWith(name)));

/** Between the folders of one room. */
function isAllowedWithin(room: Room, from: string, to: string): boolean {
  if (from === to || from === '' || to === '') return true;
  return room.folders?.[from]?.includes(to) ?? false;
}

function isAllowed(path: string, { target, typeOnly }: Import): boolean {
  const from = roomOf(path);
  const room = HOUSE[from];
  if (!room || target === null) return false;
  if (!target.startsWith('src/')) return isPackage(room.packages, target);
  const to = roomOf(target);
  if (to === from) return isAllowedWithin(room, folderOf(path), folderOf(target));
  if (room.rooms.includes(to) || room.files?.includes(target)) return true;
  return typeOnly && (room.types?.includes(to) ?? false);
}

/** `plan/view`, as messages name a place. */
const placeOf = (path: string): string => [roomOf(path), folderOf(path)].filter(Boolean).join('/');

function strange(source: Source, found: Import): string {
  const from = placeOf(source.path);
  const what = found.target ?? 'what is computed at run time';
  return `${place(source, found.node)}: ${from || 'a file outside of the rooms'} may not import ${what}`;
}

/** Every import of src/ that the house does not allow. */
export const wrongImports = (sources: readonly Source[]): string[] =>
  sources.flatMap(source =>
    importsOf(source)
      .filter(found => !isAllowed(source.path, found))
      .map(found => strange(source, found)),
  );

/** Every import of a file below one of the folders. */
export const importsBelow = (sources: readonly Source[], ...folders: string[]): string[] =>
  sources.flatMap(source =>
    importsOf(source)
      .filter(({ target }) => folders.some(folder => target?.startsWith(`${folder}/`)))
      .map(({ target, node }) => `${place(source, node)}: imports ${target}`),
  );
