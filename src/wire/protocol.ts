/** Protocols that put a request into CGI variables. */
export type CgiProtocol = 'fastcgi' | 'scgi' | 'uwsgi';

/** Protocols in which a worker can be asked for a page. */
export type WireProtocol = CgiProtocol | 'http';

/** The variables of a request by name, in the order in which they are sent. */
export type Variables = Readonly<Record<string, string>>;
