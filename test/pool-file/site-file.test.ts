import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { defaultSite, parseSite } from '../../src/pool-file/site-file.ts';

const test = suite('site');

const messages = (body: string): string[] =>
  parseSite('cgipool.conf', `[Nginx]\n${body}`).problems.map(p => `${p.line}: ${p.message}`);

test('without a file it serves this machine', () => {
  assert.deepEqual(defaultSite(), {
    serverNames: ['localhost', '127.0.0.1', '$hostname'],
    listen: [],
    tls: null,
    acmeWebroot: null,
    statusAllow: ['127.0.0.1', '::1'],
    control: '127.0.0.1:7980',
    accessLog: '127.0.0.1:7981',
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
Control=127.0.0.2:7000
AccessLog=127.0.0.2:7001
User=nginx
`;

test('every key', () => {
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
      control: '127.0.0.2:7000',
      accessLog: '127.0.0.2:7001',
      nginxUser: 'nginx',
      machine: { minAvailable: 0.05, maxPressure: 0.2 },
    },
    problems: [],
  });
});

const refused: [string, string][] = [
  ['ServerName=a;b', '2: ServerName=a;b: "a;b" is no server name'],
  ['ServerName=ok ~^re$', '2: ServerName=ok ~^re$: "~^re$" is no server name'],
  ['ServerName=', '2: ServerName= is empty: give a value, or remove the line'],
  ['Listen=99999', '2: Listen=99999 is no port or address:port'],
  ['Listen=80 ssl', '2: Listen=80 ssl is no port or address:port'],
  ['Listen=80\nListen=80', '3: Listen=80 was given on line 2 already: remove it'],
  ['Listen=', '2: Listen= is empty: give a value, or remove the line'],
  ['TLSCertificate=/a.pem', '2: TLSCertificate= and TLSKey= go together: give both'],
  ['\nTLSKey=/a.key', '3: TLSCertificate= and TLSKey= go together: give both'],
  [
    'TLSKey=a.key\nTLSCertificate=/a.pem',
    '2: TLSKey=a.key must be an absolute path of letters, digits and / . _ @ + -, at most 1000 of them',
  ],
  [
    'TLSRedirect=yes',
    '2: TLSRedirect= needs a certificate: give TLSCertificate= and TLSKey= too, or remove the line',
  ],
  ['HSTS=0', '2: HSTS= needs a certificate: give TLSCertificate= and TLSKey= too, or remove the line'],
  [
    '\nTLSStapling=yes',
    '3: TLSStapling= needs a certificate: give TLSCertificate= and TLSKey= too, or remove the line',
  ],
  ['TLSRedirect=yes\nTLSKey=/a.key', '3: TLSCertificate= and TLSKey= go together: give both'],
  ['TLSRedirect=always', '2: TLSRedirect=always is neither yes nor no'],
  ['HSTS=11y', '2: HSTS=11y is longer than 10y, the longest there is, or none'],
  ['Resolver=127.0.0.53 dns.example', '2: Resolver=127.0.0.53 dns.example: "dns.example" is no IP address'],
  ['Resolver=10.0.0.0/8', '2: Resolver=10.0.0.0/8: "10.0.0.0/8" is no IP address'],
  ['StatusAllow=all', '2: StatusAllow=all: "all" is no IP address or network'],
  ['StatusAllow=10.0.0.0/99', '2: StatusAllow=10.0.0.0/99: "10.0.0.0/99" is no IP address or network'],
  ['Control=0.0.0.0:7980', '2: Control=0.0.0.0:7980 is no port of the loopback: write 127.0.0.1:7980'],
  ['Control=127.0.0.1:80', '2: Control= needs a port of its own: 80 serves users'],
  ['Listen=7980', '0: Control= needs a port of its own: 7980 serves users'],
  ['User=a b', '2: User=a b is no user name'],
  ['User=a\nUser=b', '3: User= was given on line 2 already: keep one of them'],
  ['Lisen=80', '2: [Nginx] has no key Lisen=: did you mean Listen=?'],
  ['[Ngnix]', '2: there is no section [Ngnix]: did you mean [Nginx]?'],
  ['User=a \\', '2: a line cannot be continued on the next: write it on one line, without the \\ at its end'],
];
for (const [body, message] of refused)
  test(`refuses ${JSON.stringify(body)}`, () => assert.deepEqual(messages(body), [message]));

test('a bad value leaves its default, and the good values stand', () => {
  const bad =
    'ServerName=;\nListen=x\nListen=8080\nStatusAllow=x\nControl=x\nUser=X\nTLSKey=x\nTLSCertificate=/a';
  const { site, problems } = parseSite('cgipool.conf', `[Nginx]\n${bad}`);
  assert.deepEqual(site, { ...defaultSite(), listen: ['8080'] });
  assert.equal(problems.length, 6);
});

test.run();
