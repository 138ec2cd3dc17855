import type { Machine } from '../../../tools/machine/machine.ts';

const CONF = '[Nginx]\nTLSCertificate=/etc/ssl/seen.pem\nTLSKey=/etc/ssl/private/seen.key\n';
/** nginx speaks HTTP/2 only with TLS. */
const CERTIFICATE =
  'openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout /etc/ssl/private/seen.key -out /etc/ssl/seen.pem 2>&1';

/** Has nginx serve HTTP/2 too, with a certificate that nobody vouches for. */
export async function bringTls(m: Machine): Promise<void> {
  await m.run(CERTIFICATE);
  await m.write('/etc/cgipool/cgipool.conf', CONF);
}
