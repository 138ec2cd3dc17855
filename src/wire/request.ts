import { ofRoot, ofScript } from './script.ts';

/** What a probe asks for. */
export interface WireRequest {
  /** URL path and query, as in a request line. */
  path: string;
  /** Host header, with a port or without. */
  host: string;
  /** The script that answers every path; null: there is no such script. */
  script?: string | null;
  /** The folder in which the path names a script; null: the path names none. */
  root?: string | null;
  /** Extensions of the scripts below root, without the dot. */
  scriptExtensions?: readonly string[];
  /** The location that is cut off the path before it names something below script or root; null: nothing is. */
  location?: string | null;
}

/** Malformed escapes, which nginx rejects, and NUL, which ends a variable, stay. */
function unescaped(path: string): string {
  try {
    const text = decodeURIComponent(path);
    return text.includes('\0') ? path : text;
  } catch {
    return path;
  }
}

/** Resolves empty names, `.` and `..`. */
function normalized(path: string): string {
  const parts = path.split('/').slice(1);
  const names: string[] = [];
  for (const part of parts) {
    if (part === '..') names.pop();
    else if (part !== '' && part !== '.') names.push(part);
  }
  const isFolder = names.length > 0 && ['', '.', '..'].includes(parts.at(-1) ?? '');
  return `/${names.join('/')}${isFolder ? '/' : ''}`;
}

/** The path like nginx's $document_uri. */
const documentUri = (path: string): string => normalized(unescaped(path));

/** As in nginx's params files: a request without a body has a length only where the protocol requires one. */
const LEADING_VARIABLES: Record<CgiProtocol, Variables> = {
  fastcgi: { CONTENT_TYPE: '', CONTENT_LENGTH: '', REMOTE_USER: '', REDIRECT_STATUS: '200' },
  // the specification requires the length first
  scgi: { CONTENT_LENGTH: '0', SCGI: '1', CONTENT_TYPE: '' },
  uwsgi: { CONTENT_TYPE: '', CONTENT_LENGTH: '' },
};

/** Without script and root. nginx's fastcgi_params has no PATH_INFO. */
const WITHOUT_FILE: Record<CgiProtocol, (path: string) => Variables> = {
  fastcgi: path => ({ SCRIPT_NAME: path }),
  scgi: path => ({ SCRIPT_NAME: '', PATH_INFO: path }),
  uwsgi: path => ({ SCRIPT_NAME: '', PATH_INFO: path }),
};

function scriptVariables(protocol: CgiProtocol, request: WireRequest, path: string): Variables {
  const { script = null, root = null, scriptExtensions = [] } = request;
  const location = unescaped(request.location ?? '/');
  if (script !== null) return { ...ofScript(script, path, location) };
  if (root !== null) return { ...ofRoot(root, scriptExtensions, path, location), DOCUMENT_ROOT: root };
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
    // there is no client, hence no port
    REMOTE_PORT: '0',
    HTTP_HOST: host,
    HTTP_USER_AGENT: 'cgipool',
  };
}

/** The variables of a GET request without a body, close to those that nginx sends. */
export function variables(protocol: CgiProtocol, request: WireRequest): Variables {
  const uri = documentUri(request.path.replace(/\?.*$/s, ''));
  return {
    ...LEADING_VARIABLES[protocol],
    ...urlVariables(request.path, uri),
    GATEWAY_INTERFACE: 'CGI/1.1',
    SERVER_SOFTWARE: 'cgipool',
    ...connectionVariables(request.host),
    ...scriptVariables(protocol, request, uri),
  };
}

/** Protocols that transmit a request as CGI variables. */
export type CgiProtocol = 'fastcgi' | 'scgi' | 'uwsgi';

/** Protocols in which a probe can send a request. */
export type WireProtocol = CgiProtocol | 'http';

/** The variables of a request by name, in sending order. */
export type Variables = Readonly<Record<string, string>>;
