import { MODULES } from '../model/nginx-directives.ts';
import type { Pool } from '../model/pool.ts';
import { blankHeaders, variableOf } from '../model/proxy-headers.ts';

const CGI = ['fastcgi', 'scgi', 'uwsgi'];

/** What a client may not say to the pool's workers: an empty value keeps nginx from passing it on at all. */
export function blanks({ protocol, nginx }: Pool): string[] {
  const module = MODULES[protocol];
  const isCgi = CGI.includes(protocol);
  return blankHeaders(nginx.set).map(name =>
    isCgi ? `${module}_param ${variableOf(name)} "";` : `${module}_set_header ${name} "";`,
  );
}

/** A worker could have nginx answer from locations that are not for it, such as another pool's, or those for nginx alone. */
export const redirects = ({ protocol, nginx }: Pool): string[] =>
  nginx.accelRedirect ? [] : [`${MODULES[protocol]}_ignore_headers X-Accel-Redirect;`];
