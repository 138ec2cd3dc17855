/** Where files are on a machine; `--root` puts all of them below another folder. */
export const paths = {
  pools: '/etc/cgipool',
  installed: '/var/lib/cgipool/installed.json',
  /** Proves to the controller that a log line comes from nginx. */
  secret: '/var/lib/cgipool/secret',
  manifest: '/var/lib/cgipool/manifest.json',
  unfinished: '/var/lib/cgipool/unfinished.json',
  memory: '/run/cgipool-controller/memory.json',
  decisions: '/run/cgipool-controller/decisions.json',
  /** The instance that the service of a wake socket forwards to: a file named after the pool. */
  awake: '/run/cgipool-controller/awake',
  /** Output of Metric=exec: commands: a file named after the pool. */
  metrics: '/run/cgipool-metrics',
  status: '/run/cgipool-controller/status.json',
  /** Exists while the controller receives nginx's access log. */
  listens: '/run/cgipool-controller/listens',
  request: '/run/cgipool-controller/publish.json',
  result: '/run/cgipool-publish/result.json',
  /** The previous upstreams, kept while a publish is under way. */
  undo: '/etc/nginx/cgipool/upstreams.conf.cgipool-old',
  /** Contains the secret, so only root may read it. */
  traffic: '/etc/nginx/cgipool/traffic.conf',
  upstreams: '/etc/nginx/cgipool/upstreams.conf',
} as const;

export const NGINX_UNIT = 'nginx.service';

/** The mode of a file that install or the publish step writes. */
export const modeOf = (path: string): number => (path === paths.traffic ? 0o600 : 0o644);

export const PUBLISH_UNIT = 'cgipool-publish.service';

/** The controller on the system bus. */
export const BUS_NAME = 'org.cgipool1';
export const OBJECT_PATH = '/org/cgipool1';
export const BUS_INTERFACE = 'org.cgipool1.Controller';
