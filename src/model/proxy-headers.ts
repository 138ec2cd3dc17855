/*
 * Headers by which a proxy tells the program behind it about a request: who sent it, to which URL, and how files are sent. Many
 * programs trust some of them by default. nginx is the only proxy before a worker, so none of them may come from a client.
 */

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Headers that neither clients nor routes set, by topic: the names that frameworks, libraries and hosters use. */
export const BLANK_HEADERS: Readonly<Record<string, readonly string[]>> = {
  'who asks': words(`
    Forwarded Forwarded-For X-Forwarded X-Forwarded-By X-Forwarded-Server
    Client-IP X-Client-IP Cluster-Client-IP X-Cluster-Client-IP True-Client-IP Proxy-Client-IP WL-Proxy-Client-IP
    X-Remote-IP X-Remote-Addr X-Originating-IP X-ProxyUser-IP X-Original-For X-Original-Forwarded-For
    CF-Connecting-IP CF-Connecting-IPv6 CF-Pseudo-IPv4 Fastly-Client-IP Fly-Client-IP X-Appengine-User-IP
    X-Azure-ClientIP X-Azure-SocketIP X-Envoy-External-Address`),
  'by http or https': words(`
    X-Forwarded-Ssl X-Forwarded-Scheme X-Forwarded-Protocol X-Forwarded-Https X-Scheme X-Url-Scheme Front-End-Https
    X-Original-Proto X-Original-Scheme X-ARR-SSL WL-Proxy-SSL CF-Visitor CloudFront-Forwarded-Proto`),
  'host and port': words('X-Forwarded-Port X-Host X-Original-Host X-HTTP-Host-Override'),
  'path and method': words(`
    X-Forwarded-Prefix X-Forwarded-Path X-Forwarded-Uri X-Forwarded-Method X-Script-Name X-Request-URI
    X-Original-URL X-Original-URI X-Original-Path X-Original-Prefix X-Original-Method X-Rewrite-URL
    X-Envoy-Original-Path`),
  'the user': words(`
    Remote-User Remote-Groups Remote-Name Remote-Email X-Remote-User X-WebAuth-User
    X-Forwarded-User X-Forwarded-Email X-Forwarded-Groups X-Forwarded-Preferred-Username
    X-Forwarded-Access-Token X-Forwarded-Client-Cert`),
  'how files are sent': words(`
    X-Accel-Redirect X-Accel-Mapping X-Accel-Buffering X-Accel-Charset X-Accel-Expires X-Accel-Limit-Rate
    X-Sendfile-Type`),
};

/** Headers that every route sets, whatever the protocol. */
const SET = ['x-real-ip', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'proxy'];
/** Those that a route sets for HTTP workers. */
const SET_OF_HTTP = [...SET, 'host', 'connection', 'upgrade'];

/** The variable of a header in CGI: `X-Real-IP` becomes `HTTP_X_REAL_IP`. */
export const variableOf = (header: string): string => `HTTP_${header.toUpperCase().replaceAll('-', '_')}`;

/** The header that an nginx directive sets for workers, in lower case, or null. `first` is its first argument, quotes included. */
function headerOf(directive: string, first: string): string | null {
  const name = first.replaceAll('"', '');
  if (directive.endsWith('_set_header')) return name.toLowerCase();
  // to nginx, http_ in lower case is not a header
  const isVariable = directive.endsWith('_param') && name.startsWith('HTTP_');
  return isVariable ? name.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-') : null;
}

/** Whether a directive with this first argument sets a header that routes set already. */
export const setsOwnHeader = (directive: string, first: string): boolean =>
  (directive.endsWith('_param') ? SET : SET_OF_HTTP).includes(headerOf(directive, first) ?? '');

/** Headers to keep from workers: all of the list, except those that lines of Set= set instead. */
export function blankHeaders(set: readonly string[]): string[] {
  const given = set.map(line => {
    const [directive = '', first = ''] = line.split(' ');
    return headerOf(directive, first);
  });
  return Object.values(BLANK_HEADERS)
    .flat()
    .filter(name => !given.includes(name.toLowerCase()));
}
