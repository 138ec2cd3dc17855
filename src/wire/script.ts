/** What of a request tells a CGI program which script is meant, and with which path. */
export interface Script {
  SCRIPT_FILENAME: string;
  SCRIPT_NAME: string;
  PATH_INFO: string;
}

/** Up to the first extension, and what follows: as nginx splits it for Root=. */
const FILE_AND_REST = /^(\/.+?\.[A-Za-z0-9]+)(\/.*)?$/s;

/** A path as nginx splits it: the location that it is in, and what is below. */
function split(path: string, location: string): [location: string, below: string] {
  const isBelow = path === location || path.startsWith(`${location}/`);
  return location !== '/' && isBelow ? [location, path.slice(location.length)] : ['', path];
}

/** One script for every path. */
export function ofScript(script: string, path: string, location: string): Script {
  const [name, below] = split(path, location);
  return { SCRIPT_FILENAME: script, SCRIPT_NAME: name, PATH_INFO: below };
}

/** The file below a folder that the path names: with `/x` for a location `/x/a/b.php/c` is `b.php` in `a`, and gets `/c`. */
export function ofRoot(root: string, path: string, location: string): Script {
  const [prefix, below] = split(path, location);
  const [, name = below, rest = ''] = FILE_AND_REST.exec(below) ?? [];
  return { SCRIPT_FILENAME: root.replace(/\/+$/, '') + name, SCRIPT_NAME: prefix + name, PATH_INFO: rest };
}
