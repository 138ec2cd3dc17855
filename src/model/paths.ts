/** Where things are on a machine; `--root` puts all of them below another folder. */
export const paths = {
  pools: '/etc/cgipool',
  installed: '/var/lib/cgipool/installed.json',
  /** By it the controller knows nginx's log lines. */
  secret: '/var/lib/cgipool/secret',
  manifest: '/var/lib/cgipool/manifest.json',
  unfinished: '/var/lib/cgipool/unfinished.json',
  memory: '/run/cgipool-controller/memory.json',
  decisions: '/run/cgipool-controller/decisions.json',
  /** Which instance of a woken pool answers at first, for the service behind its wakeSocket: a file by the pool's name. */
  awake: '/run/cgipool-controller/awake',
  /** What Metric=exec: printed: a file by the pool's name. */
  metrics: '/run/cgipool-metrics',
  status: '/run/cgipool-controller/status.json',
  /** Is there while the controller hears nginx's access log. */
  listens: '/run/cgipool-controller/listens',
  request: '/run/cgipool-controller/publish.json',
  result: '/run/cgipool-publish/result.json',
  /** What swap.ts keeps of the upstreams while a publish is under way. */
  undo: '/etc/nginx/cgipool/upstreams.conf.cgipool-old',
  /** Holds the secret, and so is readable by root alone. */
  traffic: '/etc/nginx/cgipool/traffic.conf',
  upstreams: '/etc/nginx/cgipool/upstreams.conf',
} as const;

export const NGINX_UNIT = 'nginx.service';
/** The mode of a file that install or publish writes. */
export const modeOf = (path: string): number => (path === paths.traffic ? 0o600 : 0o644);

export const PUBLISH_UNIT = 'cgipool-publish.service';

/** Where the controller is on the system bus. */
export const NAME = 'org.cgipool1';
export const PATH = '/org/cgipool1';
export const INTERFACE = 'org.cgipool1.Controller';
