import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { defaultSite, parseSite } from '../../src/pool-file/site-file.ts';

const test = suite('cgipool.conf');

const messages = (body: string): string[] =>
  parseSite('cgipool.conf', `[Nginx]\n${body}`).problems.map(p => `${p.line}: ${p.message}`);

test('without a cgipool.conf, all keys have their defaults', () => {
  assert.deepEqual(defaultSite(), {
    serverNames: ['localhost', '127.0.0.1', '$hostname'],
    listen: [],
    tls: null,
    acmeWebroot: null,
    statusAllow: ['127.0.0.1', '::1'],
    control: '127.0.0.1:298',
    accessLog: '127.0.0.1:299',
    socketActivation: false,
    nginxUser: 'www-data',
    machine: { minAvailable: 0.05, maxPressure: 0.2 },
  });
});

const FULL = `[Nginx]
ServerName=www.example.org *.example.org example.* _
Listen=8080
Listen=[::]:8080 default_server
TLSListen=8443
TLSCertificate=/etc/ssl/a.pem
TLSKey=/etc/ssl/private/a.key
TLSRedirect=yes
HSTS=30d
TLSStapling=yes
TLSAuthorities=/etc/ssl/root.pem
Resolver=127.0.0.53 ::1
ACMEWebroot=/var/lib/acme
StatusAllow=10.0.0.0/8  2001:db8::/32
Control=127.0.0.2:700
AccessLog=127.0.0.2:701
SocketActivation=yes
User=nginx
`;

test('every key of cgipool.conf is read', () => {
  assert.deepEqual(parseSite('cgipool.conf', FULL), {
    site: {
      serverNames: ['www.example.org', '*.example.org', 'example.*', '_'],
      listen: ['8080', '[::]:8080 default_server'],
      tls: {
        listen: ['8443'],
        certificate: '/etc/ssl/a.pem',
        key: '/etc/ssl/private/a.key',
        redirect: true,
        hsts: 2_592_000_000,
        stapling: { authorities: '/etc/ssl/root.pem', resolver: ['127.0.0.53', '::1'] },
      },
      acmeWebroot: '/var/lib/acme',
      statusAllow: ['10.0.0.0/8', '2001:db8::/32'],
      control: '127.0.0.2:700',
      accessLog: '127.0.0.2:701',
      socketActivation: true,
      nginxUser: 'nginx',
      machine: { minAvailable: 0.05, maxPressure: 0.2 },
    },
    problems: [],
  });
});

const refused: [string, string][] = [
  ['ServerName=a;b', '2: ServerName=a;b: "a;b" is not a server name'],
  ['ServerName=ok ~^re$', '2: ServerName=ok ~^re$: "~^re$" is not a server name'],
  ['ServerName=', '2: ServerName= is empty: set a value or remove the line'],
  ['Listen=99999', '2: Listen=99999 is not a port or address:port: write 80 or 192.0.2.1:80'],
  ['Listen=80 ssl', '2: Listen=80 ssl is not a port or address:port: write 80 or 192.0.2.1:80'],
  ['Listen=80\nListen=80', '3: Listen=80 is already set on line 2: remove this line'],
  ['Listen=', '2: Listen= is empty: set a value or remove the line'],
  ['TLSCertificate=/a.pem', '2: TLSCertificate= and TLSKey= go together: set both'],
  ['\nTLSKey=/a.key', '3: TLSCertificate= and TLSKey= go together: set both'],
  [
    'TLSKey=a.key\nTLSCertificate=/a.pem',
    '2: TLSKey=a.key must be an absolute path of at most 1000 letters, digits and / . _ @ + -',
  ],
  [
    'TLSRedirect=yes',
    '2: TLSRedirect= needs a certificate: set TLSCertificate= and TLSKey=, or remove the line',
  ],
  ['HSTS=0', '2: HSTS= needs a certificate: set TLSCertificate= and TLSKey=, or remove the line'],
  [
    '\nTLSStapling=yes',
    '3: TLSStapling= needs a certificate: set TLSCertificate= and TLSKey=, or remove the line',
  ],
  ['TLSRedirect=yes\nTLSKey=/a.key', '3: TLSCertificate= and TLSKey= go together: set both'],
  ['TLSRedirect=always', '2: TLSRedirect=always is neither yes nor no'],
  ['HSTS=11y', '2: HSTS=11y is too long: at most 10y, or none'],
  [
    'Resolver=127.0.0.53 dns.example',
    '2: Resolver=127.0.0.53 dns.example: "dns.example" is not an IP address',
  ],
  ['Resolver=10.0.0.0/8', '2: Resolver=10.0.0.0/8: "10.0.0.0/8" is not an IP address'],
  ['StatusAllow=all', '2: StatusAllow=all: "all" is not an IP address or network'],
  ['StatusAllow=10.0.0.0/99', '2: StatusAllow=10.0.0.0/99: "10.0.0.0/99" is not an IP address or network'],
  [
    'Control=0.0.0.0:298',
    '2: Control=0.0.0.0:298 is not a loopback address and a port below 1024, which only root can take: write 127.0.0.1:298',
  ],
  [
    'AccessLog=127.0.0.1:7981',
    '2: AccessLog=127.0.0.1:7981 is not a loopback address and a port below 1024, which only root can take: write 127.0.0.1:299',
  ],
  ['Control=127.0.0.1:80', '2: Control= needs a port of its own: the server block listens on 80'],
  ['Listen=298', '0: Control= needs a port of its own: the server block listens on 298'],
  ['User=a b', '2: User=a b is not a user name'],
  ['User=a\nUser=b', '3: User= is already set on line 2: keep one of them'],
  ['Lisen=80', '2: [Nginx] has no key Lisen=: did you mean Listen=?'],
  ['[Ngnix]', '2: there is no section [Ngnix]: did you mean [Nginx]?'],
  ['User=a \\', '2: a line cannot be continued on the next: write it on one line, without the \\ at the end'],
];
for (const [body, message] of refused)
  test(`${JSON.stringify(body)} is a problem`, () => assert.deepEqual(messages(body), [message]));

test('an invalid value leaves the default, and valid values are kept', () => {
  const bad =
    'ServerName=;\nListen=x\nListen=8080\nStatusAllow=x\nControl=x\nUser=X\nTLSKey=x\nTLSCertificate=/a';
  const { site, problems } = parseSite('cgipool.conf', `[Nginx]\n${bad}`);
  assert.deepEqual(site, { ...defaultSite(), listen: ['8080'] });
  assert.equal(problems.length, 6);
});

test.run();
