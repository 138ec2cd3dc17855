import { isAddress } from '../../model/address.ts';
import { kinds } from '../values/kinds.ts';
import { words } from '../values/texts.ts';
import { derived, key, repeatable } from './key.ts';

/** [Nginx] of cgipool.conf: the server block with TLS. */
export const tlsKeys = {
  TLSListen: repeatable(
    kinds.listen,
    '443, and [::]:443 where the machine has IPv6',
    'What the TLS server block listens on once there is a certificate; may be repeated.',
    '8443',
  ),
  TLSCertificate: derived(
    kinds.filePath,
    'no TLS',
    'The certificate with its chain, in PEM; goes together with TLSKey.',
    '/etc/ssl/certs/example.pem',
  ),
  TLSKey: derived(kinds.filePath, 'no TLS', "The certificate's key, in PEM.", '/etc/ssl/private/example.key'),
  TLSRedirect: key(kinds.boolean, 'no', 'Whether who asks by http is sent to https.', 'yes'),
  HSTS: key(
    kinds.ageOrNone,
    'none',
    'For so long browsers are to come by https alone, as Strict-Transport-Security tells them; 0 takes it back.',
    '1y',
  ),
  // Let's Encrypt and others no longer run responders: most certificates name none
  TLSStapling: key(
    kinds.boolean,
    'no',
    "Whether nginx staples the authority's OCSP answer to the certificate.",
    'yes',
  ),
  TLSAuthorities: key(
    kinds.filePath,
    '/etc/ssl/certs/ca-certificates.crt',
    'The authorities whose OCSP answers are believed, in PEM.',
    '/etc/ssl/certs/example-root.pem',
  ),
  Resolver: derived(
    { unit: 'IP addresses', parse: words(isAddress, 'an IP address') },
    "the machine's, asked when nginx loads",
    "Name servers that nginx asks for the OCSP responder's address.",
    '127.0.0.53',
  ),
};
