import type { Protocol } from '../../src/model/pool.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool } from './echo-pool.ts';

/** The protocols with requests. */
export const SPOKEN = ['http', 'fastcgi', 'scgi', 'uwsgi', 'grpc'] as const satisfies readonly Protocol[];
export type Spoken = (typeof SPOKEN)[number];

/** uWSGI's options for a socket of each protocol. */
const OPTIONS = { fastcgi: '--fastcgi-socket', scgi: '--scgi-socket', uwsgi: '--socket' } as const;

const uwsgi = (protocol: keyof typeof OPTIONS, nginx: string): string => `[Pool]
Exec=/usr/bin/uwsgi --plugin python3 --wsgi-file /srv/told/told.py --need-app --die-on-term --disable-logging ${OPTIONS[protocol]} \${SOCKET}
Protocol=${protocol}
Listen=unix
Slots=1
[Nginx]
Location=/${protocol}
${nginx}
[Service]
SuccessExitStatus=30
`;

const grpc = (nginx: string): string => `[Pool]
Exec=/usr/bin/python3 /srv/told/told-grpc.py
Protocol=grpc
Ports=8600
[Nginx]
Location=/told.Echo
${nginx}
`;

/** A pool whose worker answers with the headers it got; `nginx` has further lines of [Nginx]. */
export function toldPool(protocol: Spoken, nginx = ''): string {
  if (protocol === 'http') return echoPool({ ports: '8610', location: '/http', nginx });
  return protocol === 'grpc' ? grpc(nginx) : uwsgi(protocol, nginx);
}

/** gRPC needs HTTP/2, and so TLS. */
const CERTIFICATE = `openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout /etc/ssl/private/told.key -out /etc/ssl/told.pem 2>&1`;

/** Installs the workers, and a pool for each protocol that has its name. */
export async function bringTold(m: Machine): Promise<void> {
  await bringEcho(m);
  await m.run(`umask 022; mkdir -p /srv/told; cp test/e2e/programs/told* /srv/told; ${CERTIFICATE}`);
  await m.write(
    '/etc/cgipool/cgipool.conf',
    '[Nginx]\nTLSCertificate=/etc/ssl/told.pem\nTLSKey=/etc/ssl/private/told.key\n',
  );
  for (const protocol of SPOKEN) await m.pool(protocol, toldPool(protocol));
}

/** The line of a pool file that sets X-Forwarded-Port. */
export function setting(protocol: Spoken, port: string): string {
  if (protocol === 'http') return `Set=proxy_set_header x-forwarded-PORT ${port}`;
  if (protocol === 'grpc') return `Set=grpc_set_header "X-Forwarded-Port" ${port}`;
  return `Set=${protocol}_param HTTP_X_FORWARDED_PORT ${port}`;
}

type Headers = Record<string, string>;

/** Header names of gRPC are in lower case. */
const callGrpc = (m: Machine, headers: Headers, redirect: string): Promise<string> => {
  const pairs = Object.entries(headers).map(([name, value]) => `'${name.toLowerCase()}=${value}'`);
  return m.run(`/usr/bin/python3 test/e2e/programs/call-grpc.py '${redirect}' ${pairs.join(' ')}`);
};

/** The answer to a request with these headers. The worker sends X-Accel-Redirect with `redirect`, unless it is empty. */
export function answerOf(m: Machine, protocol: Spoken, headers: Headers, redirect = ''): Promise<string> {
  if (protocol === 'grpc') return callGrpc(m, headers, redirect);
  const options = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
  const url = `http://localhost/${protocol}?redirect=${redirect}`;
  return m.run(`curl -sS -m 10 -D /run/head ${options.join(' ')} '${url}'`);
}

/** The headers that the worker got, by lower-case name. */
export async function toldOf(m: Machine, protocol: Spoken, headers: Headers): Promise<Headers> {
  const answer = JSON.parse(await answerOf(m, protocol, headers));
  return protocol === 'http' ? answer.headers : answer;
}
