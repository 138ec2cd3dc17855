import type { Problem } from '../base/result.ts';
import type { Tls } from '../model/site.ts';
import type { Values } from './keys/key.ts';
import type { tlsKeys } from './keys/tls-keys.ts';
import type { ParsedSection } from './section.ts';

type TlsValues = Values<typeof tlsKeys>;

const staplingOf = ({ TLSStapling, TLSAuthorities, Resolver }: TlsValues): Tls['stapling'] =>
  TLSStapling === true && TLSAuthorities !== null
    ? { authorities: TLSAuthorities, resolver: Resolver ?? [] }
    : null;

/** The TLS server block that the keys describe; null without a certificate. */
export function tlsOf(values: TlsValues): Tls | null {
  const { TLSCertificate: certificate, TLSKey: key } = values;
  if (certificate === null || key === null) return null;
  const { HSTS: hsts, TLSRedirect, TLSListen } = values;
  return {
    listen: [...(TLSListen ?? [])],
    certificate,
    key,
    redirect: TLSRedirect === true,
    hsts,
    stapling: staplingOf(values),
  };
}

/** Whether the keys that have no effect without a certificate are turned on. */
const isRequested: Record<'TLSRedirect' | 'HSTS' | 'TLSStapling', (values: TlsValues) => boolean> = {
  TLSRedirect: values => values.TLSRedirect === true,
  HSTS: values => values.HSTS !== null,
  TLSStapling: values => values.TLSStapling === true,
};

/** Reports a certificate without a key or the reverse, and keys that need a certificate. */
export function checkTls(file: string, { values, lineOf }: ParsedSection<typeof tlsKeys>): Problem[] {
  const [certificate, key] = [lineOf('TLSCertificate'), lineOf('TLSKey')];
  if (certificate > 0 && key > 0) return [];
  if (certificate + key > 0)
    return [{ file, line: certificate + key, message: 'TLSCertificate= and TLSKey= go together: set both' }];
  return (['TLSRedirect', 'HSTS', 'TLSStapling'] as const)
    .filter(name => isRequested[name](values))
    .map(name => ({
      file,
      line: lineOf(name),
      message: `${name}= needs a certificate: set TLSCertificate= and TLSKey=, or remove the line`,
    }));
}
