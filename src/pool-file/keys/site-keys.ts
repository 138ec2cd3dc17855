import { isNetwork, isReserved } from '../../model/address.ts';
import { kinds } from '../values/kinds.ts';
import { word, words } from '../values/texts.ts';
import { derived, key, repeatable } from './key.ts';
import { tlsKeys } from './tls-keys.ts';

/** nginx's server_name: names, one leading or trailing `*`, and its own $hostname. No regular expressions. */
const SERVER_NAME =
  /^(\$hostname|(\*?\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.\*)$/;
/** DNS limits a name to 253 characters. */
const isServerName = (name: string): boolean => name.length <= 253 && SERVER_NAME.test(name);
const USER_NAME = /^[a-z_][a-z0-9_-]{0,30}$/;

/** [Machine] of cgipool.conf: when the machine has no memory left for more instances. */
export const machineKeys = {
  MinAvailable: key(
    kinds.percent,
    '5%',
    "Let no pool grow beyond its minimum while less than this share of the machine's memory is available.",
    '10%',
  ),
  MaxPressure: key(
    kinds.percent,
    '20%',
    'Let no pool grow beyond its minimum while pools wait for memory for more than this share of the time.',
    '10%',
  ),
};

const USER = { unit: 'user', parse: word((name: string) => USER_NAME.test(name), 'a user name') };

const reserved = (example: string) =>
  word(isReserved, `a loopback address and a port below 1024, which only root can take: write ${example}`);

/** [Nginx] of cgipool.conf. */
export const siteKeys = {
  ServerName: key(
    { unit: 'names', parse: words(isServerName, 'a server name') },
    'localhost 127.0.0.1 $hostname',
    "Names of the server block that routes to the pools, as in nginx's server_name.",
    'www.example.org example.org',
  ),
  Listen: repeatable(
    kinds.listen,
    '80, and [::]:80 where the machine has IPv6',
    'Address and port of the server block; may be repeated.',
    '8080',
  ),
  ...tlsKeys,
  ACMEWebroot: derived(
    kinds.filePath,
    'not served',
    'Folder to serve as /.well-known/acme-challenge/ over plain HTTP, for an ACME client.',
    '/var/lib/acme',
  ),
  StatusAllow: key(
    { unit: 'addresses and networks', parse: words(isNetwork, 'an IP address or network') },
    '127.0.0.1 ::1',
    'Addresses and networks that may read /pool-status.',
    '127.0.0.1 ::1 192.0.2.0/24',
  ),
  Control: key(
    { unit: '127.x.x.x:port', parse: reserved('127.0.0.1:298') },
    '127.0.0.1:298',
    'Loopback address and port where nginx reports the generation of upstreams that it serves.',
    '127.0.0.1:700',
  ),
  AccessLog: key(
    { unit: '127.x.x.x:port', parse: reserved('127.0.0.1:299') },
    '127.0.0.1:299',
    'Loopback address and port where the controller receives a log line from nginx for each request, over UDP.',
    '127.0.0.1:701',
  ),
  SocketActivation: key(
    kinds.boolean,
    'no',
    'Have systemd hold the addresses that nginx listens on, so that no request is lost while nginx is restarted or killed.',
    'yes',
  ),
  User: key(
    USER,
    'www-data',
    "User of nginx's workers, which joins the group that may connect to the unix sockets.",
    'nginx',
  ),
  Group: derived(USER, 'not used', 'Older name of User=.', 'nginx'),
};
