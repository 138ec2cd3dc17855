import type { Machine } from '../../tools/machine/machine.ts';

const RESPONDER = 'http://127.0.0.1:2560';

/** A certificate authority, a certificate that it signed, and the index for its OCSP responder. */
const CERTIFICATE = `cd /etc/ssl
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca 2>&1
openssl req -newkey rsa:2048 -nodes -keyout private/pools.key -out pools.csr -subj /CN=pools.example 2>&1
printf 'subjectAltName=DNS:pools.example\nauthorityInfoAccess=OCSP;URI:${RESPONDER}' >pools.ext
openssl x509 -req -in pools.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile pools.ext -out pools.pem 2>&1
printf 'V\t%s\t\t%s\tunknown\t/CN=pools.example\n' \\
  $(date -ud +2days +%y%m%d%H%M%SZ) $(openssl x509 -in pools.pem -noout -serial | cut -d= -f2) >index.txt
chmod 600 private/pools.key`;

/** Creates /etc/ssl/ca.pem, and pools.pem with its key for pools.example. */
export const certify = (m: Machine): Promise<string> => m.run(CERTIFICATE);

/** Starts the authority's OCSP responder, which says that the certificate is good. */
export const answerOcsp = async (m: Machine): Promise<void> => {
  const answer = 'openssl ocsp -port 2560 -index index.txt -CA ca.pem -rsigner ca.pem -rkey ca.key';
  await m.run(`systemd-run --quiet --unit=responder --working-directory=/etc/ssl ${answer}`);
  // it exits on an invalid request, so it cannot be polled
  await m.await('ss -ltn | grep :2560');
};
