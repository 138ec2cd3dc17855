/** The units that are not a pool's, by what they are. */
export const NGINX_UNIT = 'nginx.service';
/** The template of the sockets that systemd holds for nginx: pool names have no dot, so no pool has one of this name. */
export const NGINX_SOCKETS = 'cgipool-nginx.listen@.socket';
export const CONTROLLER_UNIT = 'cgipool.service';
export const PUBLISH_UNIT = 'cgipool-publish.service';
export const AUTOSCALE_TIMER = 'cgipool-autoscale.timer';
export const LOG_SOCKET = 'cgipool-log.socket';
export const LOG_UNIT = 'cgipool-log.service';
export const AUTOSCALE_UNIT = 'cgipool-autoscale.service';

/** Where the controller is on the system bus: what a call begins with. */
export const CONTROLLER_BUS = {
  destination: 'org.cgipool1',
  path: '/org/cgipool1',
  interface: 'org.cgipool1.Controller',
} as const;
