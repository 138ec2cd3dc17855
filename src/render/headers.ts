import { MODULES } from '../model/nginx-directives.ts';
import type { Pool } from '../model/pool.ts';
import { blankHeaders, variableOf } from '../model/proxy-headers.ts';

const CGI = ['fastcgi', 'scgi', 'uwsgi'];

/** The directives that keep headers of proxies from the workers: nginx does not pass on a header with an empty value. */
export function blanks({ protocol, nginx }: Pool): string[] {
  const module = MODULES[protocol];
  const isCgi = CGI.includes(protocol);
  return blankHeaders(nginx.set).map(name =>
    isCgi ? `${module}_param ${variableOf(name)} "";` : `${module}_set_header ${name} "";`,
  );
}

/** Otherwise a worker could make nginx answer from any location, such as another pool's or one that is internal. */
export const redirects = ({ protocol, nginx }: Pool): string[] =>
  nginx.accelRedirect ? [] : [`${MODULES[protocol]}_ignore_headers X-Accel-Redirect;`];

const HSTS = 'add_header Strict-Transport-Security $cgipool_hsts_header always;';

/** HSTS of the site, unless lines of Set= add a header of that name. */
const hsts = (set: readonly string[]): string[] =>
  set.some(line => /^add_header "?strict-transport-security"? /i.test(line)) ? [] : [HSTS];

/** The headers that Set= adds to answers. */
const added = (set: readonly string[]): string[] => set.filter(line => line.startsWith('add_header '));

/** What a block of the route needs that has an add_header of its own: nginx then inherits none of those outside. */
export const answerHeaders = ({ nginx: { set } }: Pool): string[] => [
  ...hsts(set),
  ...added(set).map(line => `${line};`),
];

/** HSTS, if Set= adds a header to the route: nginx then does not inherit it. */
export const repeatedHsts = ({ nginx: { set } }: Pool): string[] => (added(set).length > 0 ? hsts(set) : []);
