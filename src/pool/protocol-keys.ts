import { derived, repeatable } from './key.ts';
import { kinds } from './kinds.ts';

/** [Nginx]: what goes to the workers beside the request. */
export const protocolKeys = {
  ListenStream: derived(
    kinds.listenStream,
    'required with Protocol=tcp, unless nothing is to be routed',
    'What nginx listens on for a pool with Protocol=tcp, in place of Location=.',
    '127.0.0.1:6379',
  ),
  Script: derived(
    kinds.filePath,
    'none',
    'FastCGI: the script that every request below Location= runs; the rest of the path is its PATH_INFO.',
    '/srv/shop/public/index.php',
  ),
  Root: derived(
    kinds.filePath,
    'none',
    'FastCGI: the folder of scripts that the path below Location= names; what follows the file name is PATH_INFO.',
    '/usr/lib/cgi-bin',
  ),
  Set: repeatable(
    kinds.nginxDirective,
    'none',
    'One more directive of nginx for the location, without its semicolon; may be repeated.',
    'fastcgi_param APP_ENV production',
  ),
};
