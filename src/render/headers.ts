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
