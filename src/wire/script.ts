/** The variables that name the script and the path below it. */
export interface Script {
  SCRIPT_FILENAME: string;
  SCRIPT_NAME: string;
  PATH_INFO: string;
}

/** Splits a path like nginx: its location, and the part below. */
function split(path: string, location: string): [location: string, below: string] {
  const isBelow = path === location || path.startsWith(`${location}/`);
  return location !== '/' && isBelow ? [location, path.slice(location.length)] : ['', path];
}

/** For one script that answers every path. */
export function ofScript(script: string, path: string, location: string): Script {
  const [name, below] = split(path, location);
  return { SCRIPT_FILENAME: script, SCRIPT_NAME: name, PATH_INFO: below };
}

const isHidden = (name: string): boolean => name.startsWith('.') && name !== '.well-known';

/** `/a/b.php/c` -> [`/a/b.php`, `/c`]: the first name with one of the extensions ends the script. Null: nginx answers 404. */
function scriptAndRest(path: string, extensions: readonly string[]): [script: string, rest: string] | null {
  const names = path.split('/').slice(1);
  const last = names.findIndex(name => extensions.some(extension => name.endsWith(`.${extension}`)));
  const script = names.slice(0, last + 1);
  const rest = names.slice(last + 1);
  if (last < 0 || script.some(isHidden)) return null;
  return [`/${script.join('/')}`, rest.length > 0 ? `/${rest.join('/')}` : ''];
}

/**
 * For a folder of scripts: with the location `/x`, `/x/a/b.php/c` is the script `a/b.php` with the path `/c`. For a path without a
 * script, which nginx does not pass on, the script is the folder itself: an interpreter answers that without running a file.
 */
export function ofRoot(root: string, extensions: readonly string[], path: string, location: string): Script {
  const folder = root.replace(/\/+$/, '');
  const [prefix, below] = split(path, location);
  const found = scriptAndRest(below, extensions);
  if (found === null) return { SCRIPT_FILENAME: `${folder}/`, SCRIPT_NAME: path, PATH_INFO: '' };
  const [name, rest] = found;
  return { SCRIPT_FILENAME: folder + name, SCRIPT_NAME: prefix + name, PATH_INFO: rest };
}
