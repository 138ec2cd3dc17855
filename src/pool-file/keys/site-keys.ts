import { isLoopback, isNetwork } from '../../model/address.ts';
import { kinds } from '../values/kinds.ts';
import { word, words } from '../values/texts.ts';
import { derived, key, repeatable } from './key.ts';
import { tlsKeys } from './tls-keys.ts';

/** nginx's server_name: names, one leading or trailing `*`, and its own $hostname. No regular expressions. */
const SERVER_NAME =
  /^(\$hostname|(\*?\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.\*)$/;
/** As long as the name of a host may be. */
const isServerName = (name: string): boolean => name.length <= 253 && SERVER_NAME.test(name);
const GROUP = /^[a-z_][a-z0-9_-]{0,30}$/;

/** [Machine] of cgipool.conf: what it can bear. */
export const machineKeys = {
  MinAvailable: key(
    kinds.percent,
    '5%',
    "While less of the machine's memory is free or easily freed, no pool grows beyond its minimum.",
    '10%',
  ),
  MaxPressure: key(
    kinds.percent,
    '20%',
    'While processes of the pools wait for memory for more of the time, no pool grows beyond its minimum.',
    '10%',
  ),
};

/** [Nginx] of cgipool.conf. */
export const siteKeys = {
  ServerName: key(
    { unit: 'names', parse: words(isServerName, 'a server name') },
    'localhost 127.0.0.1 $hostname',
    "The names of the server block that routes to the pools, as nginx's server_name takes them.",
    'www.example.org example.org',
  ),
  Listen: repeatable(
    kinds.listen,
    '80, and [::]:80 where the machine has IPv6',
    'What the server block listens on; may be repeated.',
    '8080',
  ),
  ...tlsKeys,
  ACMEWebroot: derived(
    kinds.filePath,
    'not served',
    'The folder from which plain http serves /.well-known/acme-challenge/, by which an authority proves the names.',
    '/var/lib/acme',
  ),
  StatusAllow: key(
    { unit: 'addresses and networks', parse: words(isNetwork, 'an IP address or network') },
    '127.0.0.1 ::1',
    'Who may read /pool-status.',
    '127.0.0.1 ::1 192.0.2.0/24',
  ),
  Control: key(
    { unit: '127.x.x.x:port', parse: word(isLoopback, 'a loopback address and port: write 127.0.0.1:7980') },
    '127.0.0.1:7980',
    'Where nginx tells which generation of upstreams it serves; loopback only.',
    '127.0.0.1:7000',
  ),
  AccessLog: key(
    { unit: '127.x.x.x:port', parse: word(isLoopback, 'a loopback address and port: write 127.0.0.1:7981') },
    '127.0.0.1:7981',
    'Where the controller hears from nginx of each request, by UDP; loopback only.',
    '127.0.0.1:7001',
  ),
  Group: key(
    { unit: 'group', parse: word(name => GROUP.test(name), 'a group name') },
    'www-data',
    "The group of nginx's workers, which may dial the unix sockets.",
    'nginx',
  ),
};
