/** Where things are on a machine; `--root` puts all of them below another folder. */
export const paths = {
  pools: '/etc/cgipool',
  installed: '/var/lib/cgipool/installed.json',
  manifest: '/var/lib/cgipool/manifest.json',
  unfinished: '/var/lib/cgipool/unfinished.json',
  memory: '/run/cgipool-controller/memory.json',
  status: '/run/cgipool-controller/status.json',
  request: '/run/cgipool-controller/publish.json',
  result: '/run/cgipool-publish/result.json',
  upstreams: '/etc/nginx/cgipool/upstreams.conf',
} as const;

export const NGINX_UNIT = 'nginx.service';
export const PUBLISH_UNIT = 'cgipool-publish.service';
