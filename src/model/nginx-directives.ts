/** The prefix of the directives of the nginx module that speaks each protocol. */
export const MODULES = {
  http: 'proxy',
  fastcgi: 'fastcgi',
  scgi: 'scgi',
  uwsgi: 'uwsgi',
  grpc: 'grpc',
  tcp: 'proxy',
} as const;

const ANY_MODULE = '(?:proxy|fastcgi|scgi|uwsgi|grpc)';

/** Directives that cgipool sets itself, and what to use instead. */
export const OWNED: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^${ANY_MODULE}_pass$`), 'use Protocol= and Listen= of [Pool]'],
  [new RegExp(`^${ANY_MODULE}_connect_timeout$`), 'use ConnectTimeout='],
  [new RegExp(`^${ANY_MODULE}_(read|send)_timeout$`), 'use ReadTimeout='],
  [new RegExp(`^${ANY_MODULE}_next_upstream`), 'use Idempotent= and ReadTimeout='],
  [new RegExp(`^${ANY_MODULE}_buffering$`), 'use Buffering='],
  [new RegExp(`^${ANY_MODULE}_request_buffering$`), 'use RequestBuffering='],
  [/^fastcgi_(keep_conn|split_path_info)$/, 'use Keepalive=, Script= and Root='],
  [/^proxy_http_version$/, 'nginx speaks HTTP/1.1 to workers'],
  [/^client_max_body_size$/, 'use MaxBody='],
  [/^access_log$/, 'set yours in a server block of your own'],
];

/** Directives of nginx's standard modules that are valid in a location and open no block. */
export const SETTABLE: readonly string[] = `
  add_header add_trailer allow auth_basic auth_basic_user_file auth_request charset
  client_body_buffer_size client_body_timeout default_type deny error_log error_page etag expires gzip
  gzip_comp_level gzip_min_length gzip_proxied gzip_types gzip_vary keepalive_timeout limit_conn
  limit_conn_status limit_rate limit_rate_after limit_req limit_req_status log_not_found
  postpone_output proxy_set_header satisfy send_timeout sub_filter sub_filter_once sub_filter_types
  tcp_nodelay fastcgi_param scgi_param uwsgi_param grpc_set_header
`
  .trim()
  .split(/\s+/);

/** The module that a directive belongs to; null: any pool may set it. */
export const moduleOf = (name: string): string | null =>
  /^(proxy|fastcgi|scgi|uwsgi|grpc)_/.exec(name)?.[1] ?? null;

/** Whether a pool may set it: one of the list, or any directive of the modules that speak to workers. */
export const mayBeSet = (name: string): boolean =>
  SETTABLE.includes(name) || (/^[a-z][a-z_]*$/.test(name) && moduleOf(name) !== null);
