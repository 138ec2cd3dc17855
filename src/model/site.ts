import { flag, type Infer, list, nullable, number, record, text } from '../base/schema.ts';

/** The server block with TLS. Paths are absolute. */
const tls = record({
  /** nginx listen arguments; empty: the default for the machine. */
  listen: list(text),
  certificate: text,
  key: text,
  /** Whether plain http sends clients here. */
  redirect: flag,
  /** max-age of Strict-Transport-Security, ms; null: no such header. */
  hsts: nullable(number),
  /** The authorities whose OCSP answers are believed and stapled, and the name servers to find them by; or null. */
  stapling: nullable(record({ authorities: text, resolver: list(text) })),
});
export type Tls = Infer<typeof tls>;

/** What is wanted of the machine as a whole: the meaning of cgipool.conf. */
export const site = record({
  /** nginx server_name words. */
  serverNames: list(text),
  /** nginx listen arguments, such as `80` or `[::]:80`; empty: the default for the machine. */
  listen: list(text),
  tls: nullable(tls),
  /** The folder of an ACME client's challenges, or null. */
  acmeWebroot: nullable(text),
  /** Addresses and CIDR networks that may read /pool-status. */
  statusAllow: list(text),
  /** host:port of loopback where nginx tells which generation it runs. */
  control: text,
  /** host:port of loopback where the controller hears nginx's access log. */
  accessLog: text,
  /** The user that nginx's worker processes run as. */
  nginxUser: text,
  /** When no pool grows any more: shares of the machine's memory, and of the time that pools wait for it. */
  machine: record({ minAvailable: number, maxPressure: number }),
});
export type Site = Infer<typeof site>;
