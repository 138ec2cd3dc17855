/** Where files are on a machine: the one home of every path; `--root` puts all of them below another folder. */
export const paths = {
  pools: '/etc/cgipool',
  installed: '/var/lib/cgipool/installed.json',
  /** Proves to the controller that a log line comes from nginx. */
  secret: '/var/lib/cgipool/secret',
  manifest: '/var/lib/cgipool/manifest.json',
  unfinished: '/var/lib/cgipool/unfinished.json',
  /** The texts of pool files as earlier installs had them: only root may read it. */
  snapshots: '/var/lib/cgipool/snapshots.json',
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
  /** The folders of unix workers' sockets. */
  sockets: '/run/cgipool',
  /** The previous upstreams, kept while a publish is under way: see host/nginx/transaction.ts. */
  undo: '/etc/nginx/cgipool/upstreams.conf.cgipool-old',
  traffic: '/etc/nginx/cgipool/traffic.conf',
  /** Contains the secret, so only root may read it. */
  access: '/etc/nginx/cgipool/access.conf',
  upstreams: '/etc/nginx/cgipool/upstreams.conf',
  locations: '/etc/nginx/cgipool/locations.conf',
  streams: '/etc/nginx/cgipool/streams.conf',
  site: '/etc/nginx/conf.d/cgipool.conf',
  /** Debian's nginx.conf reads this folder outside of its http block. */
  streamBlock: '/etc/nginx/modules-enabled/90-cgipool.conf',
  /** The record that nginx last accepted. */
  accepted: '/var/lib/cgipool-publish/accepted.json',
  /** Digests of what the publish step wrote: by them it knows edits of others. */
  written: '/var/lib/cgipool-publish/written.json',
  units: '/etc/systemd/system',
  sysusers: '/etc/sysusers.d/cgipool.conf',
  tmpfiles: '/etc/tmpfiles.d/cgipool.conf',
  busPolicy: '/etc/dbus-1/system.d/org.cgipool1.conf',
  polkitRules: '/etc/polkit-1/rules.d/50-cgipool.rules',
  needrestart: '/etc/needrestart/conf.d/cgipool.conf',
} as const;

/**
 * Mode of a file that install or publish writes. `isRestricted`: its text comes of a pool file that is not for everybody. Root
 * alone needs to read such a file, as systemd and as nginx's master.
 */
export const modeOf = (path: string, isRestricted = false): number =>
  isRestricted || path === paths.access ? 0o600 : 0o644;
