import { flag, type Infer, list, nullable, number, record, text } from '../base/schema.ts';

/** The server block with TLS. Paths are absolute. */
const tls = record({
  /** nginx listen arguments; empty: the default for the machine. */
  listen: list(text),
  certificate: text,
  key: text,
  /** Whether plain HTTP redirects here. */
  redirect: flag,
  /** max-age of Strict-Transport-Security, ms; null: no header. */
  hsts: nullable(number),
  /** OCSP stapling: the file of trusted authorities, and name servers to find the responder; null: off. */
  stapling: nullable(record({ authorities: text, resolver: list(text) })),
});
export type Tls = Infer<typeof tls>;

/** The desired state of the machine as a whole: the meaning of cgipool.conf. */
export const site = record({
  /** nginx server_name words. */
  serverNames: list(text),
  /** nginx listen arguments, such as `80` or `[::]:80`; empty: the default for the machine. */
  listen: list(text),
  tls: nullable(tls),
  /** The folder of an ACME client's challenges; null: not served. */
  acmeWebroot: nullable(text),
  /** Addresses and CIDR networks that may read /pool-status. */
  statusAllow: list(text),
  /** Loopback host:port where nginx reports the generation that it runs. */
  control: text,
  /** Loopback host:port where the controller receives nginx's access log. */
  accessLog: text,
  /** systemd holds what nginx listens on. */
  socketActivation: flag.or(false),
  /** The user that nginx's worker processes run as. */
  nginxUser: text,
  /** Limits beyond which no pool grows: shares of the machine's memory, and of the time that pools wait for it. */
  machine: record({ minAvailable: number, maxPressure: number }),
});
export type Site = Infer<typeof site>;
