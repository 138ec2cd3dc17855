import { writeFileSync } from 'node:fs';
import { ask } from './load.ts';
import { sh, until } from './shell.ts';

/** How nginx treats servers that fail: with its defaults, or without checks (max_fails=0), like cgipool. */
export type Checks = 'defaults' | 'none';

export interface Site {
  name: string;
  /** The loopback port that nginx listens on. */
  port: number;
  /** Servers of the upstream. */
  endpoints: readonly string[];
  checks?: Checks;
  /** The directives that pass on a request; defaults to `proxy_pass http://UPSTREAM;`. */
  pass?: string;
}

const server = (endpoint: string, checks: Checks): string =>
  `    server ${endpoint}${checks === 'none' ? ' max_fails=0' : ''};`;

function text({ name, port, endpoints, checks = 'defaults', pass }: Site): string {
  return `upstream bench_${name} {
${endpoints.map(endpoint => server(endpoint, checks)).join('\n')}
}
server {
    listen 127.0.0.1:${port};
    location / {
        ${pass ?? `proxy_pass http://bench_${name};`}
    }
    location = /site { return 200 "${endpoints.length} ${endpoints[0]}"; }
}
`;
}

const fileOf = (name: string): string => `/etc/nginx/conf.d/bench-${name}.conf`;

/** Makes nginx serve a static upstream, and waits until it does. */
export async function putSite(site: Site): Promise<void> {
  writeFileSync(fileOf(site.name), text(site));
  await sh('nginx -t -q && systemctl reload-or-restart nginx');
  const wanted = `${site.endpoints.length} ${site.endpoints[0]}`;
  const isThere = async (): Promise<boolean> => (await ask(`http://127.0.0.1:${site.port}/site`)) === wanted;
  if ((await until(isThere, 10_000, 20)) === null)
    throw new Error(`nginx does not serve ${fileOf(site.name)}: see journalctl -u nginx`);
}

/** `127.0.0.1:PORT` for consecutive ports. */
export const ports = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `127.0.0.1:${first + i}`);
