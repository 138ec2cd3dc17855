/** How nginx speaks to the workers of a pool that are no HTTP servers. */
export type WireProtocol = 'fastcgi' | 'scgi' | 'uwsgi';

/** The variables of a request by name, in the order in which they are sent. */
export type Variables = Readonly<Record<string, string>>;
