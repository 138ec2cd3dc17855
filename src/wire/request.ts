/** What a probe asks for. */
export interface WireRequest {
  /** URL path and query, as in a request line. */
  path: string;
  /** Host header, with a port or without. */
  host: string;
  /** The file that answers every path; null or none: no single one does. */
  script?: string | null;
  /** The folder in which the path names a file; null or none: it names none. */
  root?: string | null;
  /** The location below which the path names what is below the script or folder; null or none: all of it does. */
  location?: string | null;
}

/** The path as nginx's $document_uri has it. nginx refuses what is not well-formed; NUL would end a variable of SCGI. */
function unescaped(path: string): string {
  try {
    const text = decodeURIComponent(path);
    return text.includes('\0') ? path : text;
  } catch {
    return path;
  }
}

/** As nginx's params files have them: a request without a body has a length only where the protocol wants one. */
const LEADING_VARIABLES: Record<CgiProtocol, Variables> = {
  fastcgi: { CONTENT_TYPE: '', CONTENT_LENGTH: '', REMOTE_USER: '', REDIRECT_STATUS: '200' },
  // in this order: the specification wants the length first
  scgi: { CONTENT_LENGTH: '0', SCGI: '1', CONTENT_TYPE: '' },
  uwsgi: { CONTENT_TYPE: '', CONTENT_LENGTH: '' },
};

/** What names the program where the pool names no file: nginx's fastcgi_params has no PATH_INFO. */
const WITHOUT_FILE: Record<CgiProtocol, (path: string) => Variables> = {
  fastcgi: path => ({ SCRIPT_NAME: path }),
  scgi: path => ({ SCRIPT_NAME: '', PATH_INFO: path }),
  uwsgi: path => ({ SCRIPT_NAME: '', PATH_INFO: path }),
};

function scriptVariables(protocol: CgiProtocol, request: WireRequest, path: string): Variables {
  const { script = null, root = null } = request;
  const location = unescaped(request.location ?? '/');
  if (script !== null) return { ...ofScript(script, path, location) };
  if (root !== null) return { ...ofRoot(root, path, location), DOCUMENT_ROOT: root };
  return WITHOUT_FILE[protocol](path);
}

function urlVariables(path: string, uri: string): Variables {
  const query = path.indexOf('?');
  return {
    REQUEST_METHOD: 'GET',
    REQUEST_URI: path,
    DOCUMENT_URI: uri,
    QUERY_STRING: query < 0 ? '' : path.slice(query + 1),
    SERVER_PROTOCOL: 'HTTP/1.1',
    REQUEST_SCHEME: 'http',
  };
}

function connectionVariables(host: string): Variables {
  const [, name = host, port = '80'] = /^(.*):(\d+)$/.exec(host) ?? [];
  return {
    SERVER_NAME: name,
    SERVER_PORT: port,
    SERVER_ADDR: '127.0.0.1',
    REMOTE_ADDR: '127.0.0.1',
    // there is no client, and so no port of one
    REMOTE_PORT: '0',
    HTTP_HOST: host,
    HTTP_USER_AGENT: 'cgipool',
  };
}

/** The variables of a GET request that has no body, near to those which nginx sends. */
export function variables(protocol: CgiProtocol, request: WireRequest): Variables {
  const uri = unescaped(request.path.replace(/\?.*$/s, ''));
  return {
    ...LEADING_VARIABLES[protocol],
    ...urlVariables(request.path, uri),
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_SOFTWARE: 'cgipool',
    ...connectionVariables(request.host),
    ...scriptVariables(protocol, request, uri),
  };
}

/** Protocols that put a request into CGI variables. */
export type CgiProtocol = 'fastcgi' | 'scgi' | 'uwsgi';

/** Protocols in which a worker can be asked for a page. */
export type WireProtocol = CgiProtocol | 'http';

/** The variables of a request by name, in the order in which they are sent. */
export type Variables = Readonly<Record<string, string>>;

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
