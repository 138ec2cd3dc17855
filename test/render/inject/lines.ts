import type { Shape } from './shape.ts';

/** The lines of a file, by section and key; undefined for none. */
export type Lines = Record<string, Record<string, string | undefined>>;

const LOCATIONS = { none: undefined, root: '/', path: '/qqlocation' };

const given = (isThere: boolean, text: string): string | undefined => (isThere ? text : undefined);

/** With Protocol=tcp only the client's address is known. */
const hashOf = ({ protocol }: Shape): string => (protocol === 'tcp' ? '$remote_addr:qqhash' : '$arg_qqhash');

const routeLines = (shape: Shape): Lines[string] => ({
  Location: LOCATIONS[shape.location],
  ListenStream: given(shape.stream, '127.1.1.3:11133'),
  Balance: shape.balance === 'hash' ? `hash ${hashOf(shape)}` : shape.balance,
  ConnectTimeout: '11103ms',
  ReadTimeout: '11101ms',
  Idempotent: shape.idempotent ? 'yes' : 'no',
  MaxBody: '11105',
  Script: given(shape.script === 'script', '/qq/script'),
  Root: given(shape.script === 'root', '/qq/root'),
  ScriptExtensions: given(shape.script === 'root', 'qqextension'),
  AccelRedirect: given(shape.accelRedirect, 'yes'),
  MaxConns: given(shape.maxConns, '11139'),
  Keepalive: given(shape.keepalive, '979'),
  Buffering: shape.buffering ? 'yes' : 'no',
  RequestBuffering: shape.requestBuffering ? 'yes' : 'no',
  Set: given(shape.set, 'add_header X-Qq qqset'),
});

/** A harmless pool of a shape. Each of its words is unique, so that it can be found where it is rendered. */
export const poolLines = (shape: Shape): Lines => ({
  Pool: {
    Description: 'qqdescription',
    Exec: '/qq/exec',
    Listen: shape.activated ? 'fd' : shape.listen,
    Protocol: shape.protocol,
    [shape.listen === 'tcp' ? 'Ports' : 'Slots']: '11127',
    MaxRequests: shape.traffic && !shape.sleeps ? '11129' : undefined,
  },
  Health: {
    Probe: shape.probe ? 'exec' : 'none',
    Command: shape.probe ? '/qq/check' : undefined,
    Timeout: '11107ms',
  },
  Scale: shape.metric ? { External: '1', Metric: 'exec:/qq/count' } : {},
  'Schedule qqschedule': { OnCalendar: '08:00', Duration: '1h', Min: shape.sleeps ? '0' : '1' },
  Nginx: routeLines(shape),
  Service: { User: 'qqservice' },
  Unit: { 'X-Qq': 'qqunit' },
  Slice: { 'X-Qq': 'qqslice' },
});

/** A harmless site of a shape. */
export const siteLines = (shape: Shape): Lines => ({
  Nginx: {
    ServerName: 'qqserver.name',
    Listen: shape.listens ? '11121' : undefined,
    TLSListen: shape.tlsListens ? '11123' : undefined,
    TLSCertificate: shape.tls ? '/qq/certificate' : undefined,
    TLSKey: shape.tls ? '/qq/key' : undefined,
    TLSRedirect: shape.redirect ? 'yes' : 'no',
    HSTS: shape.hsts ? '11131s' : 'none',
    TLSStapling: shape.stapling ? 'yes' : 'no',
    TLSAuthorities: '/qq/authorities',
    Resolver: shape.resolver ? '10.11.12.14' : undefined,
    ACMEWebroot: shape.acme ? '/qq/webroot' : undefined,
    StatusAllow: '10.11.12.13',
    Control: '127.1.1.1:911',
    AccessLog: '127.1.1.2:912',
    User: 'qqgroup',
    SocketActivation: shape.nginxSockets ? 'yes' : 'no',
  },
  Machine: { MinAvailable: '5%' },
});

/** The text of a file without one key. */
export const spell = (lines: Lines, without: { section: string; key: string }): string =>
  Object.entries(lines)
    .flatMap(([section, keys]) => [
      `[${section}]`,
      ...Object.entries(keys)
        .filter(([key, text]) => text !== undefined && !(section === without.section && key === without.key))
        .map(([key, text]) => `${key}=${text}`),
    ])
    .join('\n');
