/** Where things are on a machine: the one home of every path of ours. */
export const paths = {
  pools: '/etc/cgipool',
  installed: '/var/lib/cgipool/installed.json',
  /** By it the controller knows nginx's log lines. */
  secret: '/var/lib/cgipool/secret',
  manifest: '/var/lib/cgipool/manifest.json',
  unfinished: '/var/lib/cgipool/unfinished.json',
  memory: '/run/cgipool-controller/memory.json',
  decisions: '/run/cgipool-controller/decisions.json',
  /** Which instance of a woken pool answers at first, for the service behind its wake socket: a file by the pool's name. */
  awake: '/run/cgipool-controller/awake',
  /** What Metric=exec: printed: a file by the pool's name. */
  metrics: '/run/cgipool-metrics',
  status: '/run/cgipool-controller/status.json',
  /** Is there while the controller reads nginx's access log. */
  listens: '/run/cgipool-controller/listens',
  request: '/run/cgipool-controller/publish.json',
  result: '/run/cgipool-publish/result.json',
  /** The folders of unix workers' sockets. */
  sockets: '/run/cgipool',
  /** What a publish under way keeps of the upstreams: see host/nginx/transaction.ts. */
  undo: '/etc/nginx/cgipool/upstreams.conf.cgipool-old',
  /** Holds the secret, and so is readable by root alone. */
  traffic: '/etc/nginx/cgipool/traffic.conf',
  upstreams: '/etc/nginx/cgipool/upstreams.conf',
  locations: '/etc/nginx/cgipool/locations.conf',
  streams: '/etc/nginx/cgipool/streams.conf',
  site: '/etc/nginx/conf.d/cgipool.conf',
  /** Debian's nginx.conf reads this folder outside of its http block. */
  streamBlock: '/etc/nginx/modules-enabled/90-cgipool.conf',
  units: '/etc/systemd/system',
  sysusers: '/etc/sysusers.d/cgipool.conf',
  tmpfiles: '/etc/tmpfiles.d/cgipool.conf',
  busPolicy: '/etc/dbus-1/system.d/org.cgipool1.conf',
  polkitRules: '/etc/polkit-1/rules.d/50-cgipool.rules',
} as const;

/** The mode of a file that install or publish writes. */
export const modeOf = (path: string): number => (path === paths.traffic ? 0o600 : 0o644);
