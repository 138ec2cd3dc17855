/** What of a request tells a CGI program which script is meant, and with which path. */
export interface Script {
  SCRIPT_FILENAME: string;
  SCRIPT_NAME: string;
  PATH_INFO: string;
}

/** Up to the first extension, and what follows: as nginx splits it for Root=. */
const FILE_AND_REST = /^(\/.+?\.[A-Za-z0-9]+)(\/.*)?$/s;

/** One script for every path. */
export const ofScript = (script: string, path: string): Script => ({
  SCRIPT_FILENAME: script,
  SCRIPT_NAME: '',
  PATH_INFO: path,
});

/** The file that the path names below a folder: `/a/b.php/c` is `b.php` in `a`, and gets `/c`. */
export function ofRoot(root: string, path: string): Script {
  const [, name = path, rest = ''] = FILE_AND_REST.exec(path) ?? [];
  return { SCRIPT_FILENAME: root.replace(/\/+$/, '') + name, SCRIPT_NAME: name, PATH_INFO: rest };
}
