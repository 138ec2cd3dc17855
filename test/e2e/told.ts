import type { Protocol } from '../../src/model/pool.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { bringEcho, echoPool } from './echo-pool.ts';

/** The protocols of requests. */
export const SPOKEN = ['http', 'fastcgi', 'scgi', 'uwsgi', 'grpc'] as const satisfies readonly Protocol[];
export type Spoken = (typeof SPOKEN)[number];

/** uWSGI calls its own protocol a socket's plain one. */
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

/** A pool of a worker that answers with what it was told, with further lines of [Nginx]. */
export function toldPool(protocol: Spoken, nginx = ''): string {
  if (protocol === 'http') return echoPool({ ports: '8610', location: '/http', nginx });
  return protocol === 'grpc' ? grpc(nginx) : uwsgi(protocol, nginx);
}

/** gRPC needs HTTP/2, and so TLS. */
const CERTIFICATE = `openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout /etc/ssl/private/told.key -out /etc/ssl/told.pem 2>&1`;

/** Brings the workers and a pool of each protocol, under its name. */
export async function bringTold(m: Machine): Promise<void> {
  await bringEcho(m);
  await m.run(`umask 022; mkdir -p /srv/told; cp test/e2e/programs/told* /srv/told; ${CERTIFICATE}`);
  await m.write(
    '/etc/cgipool/cgipool.conf',
    '[Nginx]\nTLSCertificate=/etc/ssl/told.pem\nTLSKey=/etc/ssl/private/told.key\n',
  );
  for (const protocol of SPOKEN) await m.pool(protocol, toldPool(protocol));
}

/** What an administrator writes for the worker to be told a port. */
export function setting(protocol: Spoken, port: string): string {
  if (protocol === 'http') return `Set=proxy_set_header x-forwarded-PORT ${port}`;
  if (protocol === 'grpc') return `Set=grpc_set_header "X-Forwarded-Port" ${port}`;
  return `Set=${protocol}_param HTTP_X_FORWARDED_PORT ${port}`;
}

type Headers = Record<string, string>;

/** gRPC has small letters only. */
const callGrpc = (m: Machine, headers: Headers, redirect: string): Promise<string> => {
  const pairs = Object.entries(headers).map(([name, value]) => `'${name.toLowerCase()}=${value}'`);
  return m.run(`/usr/bin/python3 test/e2e/programs/call-grpc.py '${redirect}' ${pairs.join(' ')}`);
};

/** What a request with these headers is answered; the worker sends nginx to `redirect`, unless that is empty. */
export function answerOf(m: Machine, protocol: Spoken, headers: Headers, redirect = ''): Promise<string> {
  if (protocol === 'grpc') return callGrpc(m, headers, redirect);
  const options = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
  const url = `http://localhost/${protocol}?redirect=${redirect}`;
  return m.run(`curl -sS -m 10 -D /run/head ${options.join(' ')} '${url}'`);
}

/** The headers that the worker was told, by their names in small letters. */
export async function toldOf(m: Machine, protocol: Spoken, headers: Headers): Promise<Headers> {
  const answer = JSON.parse(await answerOf(m, protocol, headers));
  return protocol === 'http' ? answer.headers : answer;
}
