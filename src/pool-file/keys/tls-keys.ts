import { isAddress } from '../../model/address.ts';
import { kinds } from '../values/kinds.ts';
import { words } from '../values/texts.ts';
import { derived, key, repeatable } from './key.ts';

/** [Nginx] of cgipool.conf: the server block with TLS. */
export const tlsKeys = {
  TLSListen: repeatable(
    kinds.listen,
    '443, and [::]:443 where the machine has IPv6',
    'Address and port of the TLS server block, once there is a certificate; may be repeated.',
    '8443',
  ),
  TLSCertificate: derived(
    kinds.filePath,
    'no TLS',
    'Certificate with its chain, in PEM format; requires TLSKey=.',
    '/etc/ssl/certs/example.pem',
  ),
  TLSKey: derived(
    kinds.filePath,
    'no TLS',
    'Private key of the certificate, in PEM format.',
    '/etc/ssl/private/example.key',
  ),
  TLSRedirect: key(kinds.boolean, 'no', 'Redirect HTTP to HTTPS.', 'yes'),
  HSTS: key(
    kinds.ageOrNone,
    'none',
    'How long browsers must use HTTPS only (Strict-Transport-Security); 0 revokes it.',
    '1y',
  ),
  // Let's Encrypt and others no longer run responders: most certificates name none
  TLSStapling: key(kinds.boolean, 'no', "Staple the authority's OCSP response to the certificate.", 'yes'),
  TLSAuthorities: key(
    kinds.filePath,
    '/etc/ssl/certs/ca-certificates.crt',
    'Authorities that OCSP responses are verified against, in PEM format.',
    '/etc/ssl/certs/example-root.pem',
  ),
  Resolver: derived(
    { unit: 'IP addresses', parse: words(isAddress, 'an IP address') },
    "the machine's, asked only when nginx loads",
    'Name servers that nginx asks for the address of the OCSP responder.',
    '127.0.0.53',
  ),
};
