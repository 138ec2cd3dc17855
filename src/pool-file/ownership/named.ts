import { wordsOf } from './words.ts';

/** What a directive does with a name: has systemd make and chown a directory, opens a path, reads one, or drives a unit. */
export type Use = 'makes' | 'opens' | 'reads' | 'starts' | 'stops' | 'is';

/** How the value of a directive names things. */
export interface Naming {
  use: Use;
  /** The paths or units in a value; specifiers are not expanded yet. */
  names: (value: string) => string[];
}

/** `-` and `+` before a path: it may be missing; it is below RootDirectory=. */
const bare = (path: string): string => path.replace(/^[-+]{1,2}/, '');

const paths = (value: string): string[] => wordsOf(value).map(bare);

/** `SOURCE:TARGET:OPTIONS`, of which the first so many are paths. */
const parts =
  (count: number) =>
  (value: string): string[] =>
    wordsOf(value).flatMap(word => bare(word).split(':').slice(0, count));

/** `ID:PATH` */
const afterId = (value: string): string[] => [value.slice(value.indexOf(':') + 1)];

/** `append:PATH` */
const ofStream = (value: string): string[] => {
  const [, path] = /^(?:file|append|truncate):(.*)$/.exec(value) ?? [];
  return path === undefined ? [] : [path];
};

/** A directory below a base, or `NAME:LINK` of two. */
const below =
  (base: string) =>
  (value: string): string[] =>
    parts(2)(value).map(name => `${base}/${name}`);

const all = (use: Use, names: Naming['names'], ...keys: string[]): Record<string, Naming> =>
  Object.fromEntries(keys.map(key => [key, { use, names }]));

/** The directives of systemd that name what may belong to cgipool, other than for an order or to close something. */
export const namings: Readonly<Record<string, Naming>> = {
  ...all('makes', below('/run'), 'RuntimeDirectory'),
  ...all('makes', below('/var/lib'), 'StateDirectory'),
  ...all('makes', below('/var/cache'), 'CacheDirectory'),
  ...all('makes', below('/var/log'), 'LogsDirectory'),
  ...all('makes', below('/etc'), 'ConfigurationDirectory'),
  ...all('opens', paths, 'ReadWritePaths', 'ReadWriteDirectories', 'ExecPaths'),
  ...all('opens', parts(2), 'BindPaths', 'BindReadOnlyPaths', 'MountImages'),
  ...all('opens', parts(1), 'TemporaryFileSystem'),
  ...all('opens', ofStream, 'StandardOutput', 'StandardError'),
  ...all('reads', ofStream, 'StandardInput'),
  ...all('reads', value => [bare(value)], 'EnvironmentFile', 'RootDirectory', 'RootImage', 'RootVerity'),
  ...all('reads', afterId, 'LoadCredential', 'LoadCredentialEncrypted'),
  ...all('reads', parts(1), 'ExtensionDirectories', 'ExtensionImages', 'OpenFile'),
  ...all('reads', value => [value], 'USBFunctionDescriptors', 'USBFunctionStrings'),
  ...all('starts', wordsOf, 'Wants', 'Requires', 'RequiresOverridable', 'Requisite', 'RequisiteOverridable'),
  ...all('starts', wordsOf, 'BindsTo', 'BindTo', 'Upholds', 'OnFailure', 'OnSuccess', 'PartOf'),
  ...all('starts', wordsOf, 'ReloadPropagatedFrom', 'PropagateReloadFrom', 'StopPropagatedFrom'),
  ...all('starts', wordsOf, 'PropagatesReloadTo', 'PropagateReloadTo', 'JoinsNamespaceOf', 'Sockets'),
  ...all('stops', wordsOf, 'Conflicts', 'PropagatesStopTo'),
  ...all('is', value => [value], 'User'),
};
