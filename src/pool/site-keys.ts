import { derived, key } from './key.ts';
import { filePath, word, words } from './texts.ts';

/** nginx's server_name: names, a leading or trailing *, and its own $hostname. No regular expressions. */
const SERVER_NAME = /^(\$hostname|[A-Za-z0-9_*.-]+)$/;
const LISTEN = /^(?:(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\]|\*):)?\d{1,5}(?: default_server)?$/;
const NETWORK = /^([0-9a-f.:]+)(\/\d{1,3})?$/;
const LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{1,5}$/;
const GROUP = /^[a-z_][a-z0-9_-]{0,30}$/;

/** cgipool.conf's only section. */
export const siteKeys = {
  ServerName: key(
    words(SERVER_NAME, 'server name'),
    'localhost 127.0.0.1 $hostname',
    'The names of the server block that routes to the pools, as server_name of nginx takes them.',
    'www.example.org example.org',
  ),
  Listen: derived(
    word(LISTEN, 'port or address:port'),
    '80, and [::]:80 where the machine has IPv6',
    'What the server block listens on. May be repeated.',
    '8080',
  ),
  TLSListen: derived(
    word(LISTEN, 'port or address:port'),
    '443, and [::]:443 where the machine has IPv6',
    'What the TLS server block listens on, once there is a certificate. May be repeated.',
    '8443',
  ),
  TLSCertificate: derived(
    filePath,
    'no TLS',
    'The certificate with its chain, in PEM.',
    '/etc/ssl/certs/example.pem',
  ),
  TLSKey: derived(filePath, 'no TLS', "The certificate's key, in PEM.", '/etc/ssl/private/example.key'),
  StatusAllow: key(
    words(NETWORK, 'address or network'),
    '127.0.0.1 ::1',
    'Who may read /pool-status: addresses and networks.',
    '127.0.0.1 ::1 192.0.2.0/24',
  ),
  Control: key(
    word(LOOPBACK, 'port of loopback'),
    '127.0.0.1:7980',
    'Where nginx tells which generation of upstreams it serves; loopback only.',
    '127.0.0.1:7000',
  ),
  Group: key(
    word(GROUP, 'group name'),
    'www-data',
    "The group of nginx's workers, which may dial the unix sockets.",
    'nginx',
  ),
};

/** Keys that may be given several times. */
export const siteLists = new Set(['Listen', 'TLSListen']);
