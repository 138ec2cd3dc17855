import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { isListen, isNetwork, isReserved, portOf } from '../../../src/model/address.ts';
import { balance } from '../../../src/pool-file/values/balance.ts';
import { command } from '../../../src/pool-file/values/command.ts';
import { location } from '../../../src/pool-file/values/location.ts';
import { nginxDirective } from '../../../src/pool-file/values/nginx-directive.ts';
import { filePath, host, urlPath } from '../../../src/pool-file/values/texts.ts';
import { runs } from '../../fuzz.ts';
import { check, type Row } from './table.ts';

const test = suite('text values');

const asIs = (...texts: string[]): Row[] => texts.map(text => [text, text]);

const MALFORMED = /is not a directive with arguments/;

test('nginx directives for Set= are accepted or rejected', () => {
  check(nginxDirective, [
    ...asIs(
      'add_header A b',
      'add_header A "b; c {d} # e \'f\'" always',
      'error_page 502 503 /sorry.html',
      'expires -1',
      'sub_filter "" ""',
      'proxy_set_header Hosts $http_host',
      'fastcgi_param CAF\u00c9 \u{1F600}',
      `add_header A ${'b'.repeat(987)}`,
    ),
    // nginx or an editor would split or show these words differently
    ...['\u00a0', '\u2028', '\v', '\f', '\t', '  '].map((space): Row => [`add_header A${space}b`, MALFORMED]),
    ...['\u200b', '\0', '\n', '\r', '\u0085', '\u202e'].map(
      (hidden): Row => [`add_header A "b${hidden}c"`, MALFORMED],
    ),
    ...['\n', '\r', ';', '{', '}', '#', '\\', "'", '"'].map(
      (sign): Row => [`add_header A b${sign}c`, MALFORMED],
    ),
    [' add_header A b', MALFORMED],
    ['add_header A b ', MALFORMED],
    ['add_header A b"c"', MALFORMED],
    [`add_header A ${'b'.repeat(988)}`, MALFORMED],
    ['proxy_pass http://127.0.0.1', /: cgipool sets proxy_pass itself: use Protocol= and Listen=/],
    ['"proxy_pass" a', /is not a directive that a pool may set/],
    ['fastcgi_param A a$', /: a \$ must be followed by the name of an nginx variable/],
    ['add_header A "$ a"', /: a \$ must be followed by the name of an nginx variable/],
    ['proxy_set_header "CONNECTION" a', /: cgipool sets the header "CONNECTION" itself/],
    ['constructor a', /: constructor is not a directive that a pool may set/],
  ]);
});

test('command lines are accepted or rejected', () => {
  check(command, [
    ...asIs(
      '/bin/a',
      '/bin/a %i "b ; c" \'d\' e\\;f \\; g',
      '-/bin/a',
      '@/bin/a b',
      ':/bin/a $x',
      '-@:/bin/a',
      '"/opt/my pools/a" %i',
      "-'/opt/my pools/a'",
    ),
    ...asIs('/bin/sh -c \'exec "$0"\'', '/bin/a \\"b', '/bin/a "it\'s"', '/bin/a;b'),
    ['+/bin/a', /the prefix \+ would run the worker outside its sandbox, as root: remove it/],
    ['-!!/bin/a', /the prefix -!! would run/],
    ['python3 x', /must begin with the absolute path/],
    ['./a', /must begin with the absolute path/],
    ['/', /must begin with the absolute path/],
    ['//a', /must begin with the absolute path/],
    ['|/bin/a', /must begin with the absolute path/],
    ['"bin/a" b', /must begin with the absolute path/],
    ['"/bin/a b', /has an unclosed quote/],
    ['/bin/a "b', /has an unclosed quote/],
    ["/bin/a it's", /has an unclosed quote/],
    ['/bin/a ; +/bin/b', /is more than one command/],
    ['/bin/a b ;', /is more than one command/],
  ]);
});

test('locations are decoded, or rejected', () => {
  check(location, [
    ...asIs('/', '/api/search', '/a.b/_c~d+e@f,g:h=i-j'),
    ['/api/', '/api'],
    ['/caf%C3%A9', '/café'],
    ['/%61pi', '/api'],
    ['/.well-known', '/.well-known'],
    ['api', /must begin with \//],
    ...['/a b', '/a;b', '/a{b', '/a}b', '/a$b', '/a"b', "/a'b", '/a\\b', '/a#b', '/a?b', '/café', '/a*'].map(
      (text): Row => [text, /may contain only letters, digits, .* such as \/caf%C3%A9/],
    ),
    // encoded characters must be as harmless as others
    ...[
      '/a%20b',
      '/a%3Bb',
      '/a%7B',
      '/a%24b',
      '/a%0A',
      '/a%00',
      '/a%22',
      '/a%5C',
      '/%E2%80%A8',
      '/%C2%A0',
    ].map((text): Row => [text, /may contain only/]),
    ['/a%zz', /may contain only/],
    ['/a%', /may contain only/],
    ['/%E9', /may contain only/],
    ['//', /would never match: remove \/\//],
    ['/a//b', /would never match/],
    ['/a/../b', /would never match/],
    ['/a/.', /would never match/],
    ['/%2E%2E', /would never match/],
  ]);
});

test('no location can end its nginx directive', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'/a%27B;{} ') }),
  );
  fc.assert(
    fc.property(texts, text => {
      const parsed = location(`/${text}`);
      if (parsed.ok) assert.doesNotMatch(parsed.value, /[\s;{}$"'\\#]|\p{Cc}/u);
    }),
    runs(3000),
  );
});

test('load balancing methods are read, or rejected', () => {
  check(balance, [
    ...['round_robin', 'least_conn', 'random', 'ip_hash'].map((method): Row => [method, { method }]),
    ...[
      '$request_uri',
      '$cookie_sid',
      '$http_x_user',
      '$scheme://$host$request_uri',
      '$binary_remote_addr',
    ].map((key): Row => [`hash ${key}`, { method: 'hash', key }]),
    ['hash  $uri', { method: 'hash', key: '$uri' }],
    ['Random', /is not one of round_robin, least_conn, random, ip_hash, hash KEY/],
    ['hash', /is not one of/],
    ['hash x', /"x" is the same for all requests/],
    ['hash $uri; }', /may contain only/],
    ['hash $uri consistent', /may contain only/],
    // nginx's other way to write a variable
    ['hash \u0024{uri}', /may contain only/],
    ['hash $', /\$ cannot be part of a hash key: use \$request_uri/],
    ['hash $nope', /\$nope cannot be part of a hash key: use \$request_uri/],
    ['hash $request_uris', /\$request_uris cannot be part of a hash key/],
    ['hash $cookie_', /\$cookie_ cannot be part of a hash key/],
  ]);
});

test('URL paths, host names and file paths are accepted or rejected', () => {
  check(urlPath, [
    ...asIs('/', '/?q=health', '/a%20b', '/"'),
    ['x', /must begin with \//],
    ['/a b', /contain no spaces/],
    ['/a#b', /contain no spaces \(write %20\), #/],
    ['/é', /non-ASCII characters/],
  ]);
  check(host, [
    ...asIs('localhost', 'a.b-c_d:80', '[::1]:80'),
    ['a b', /is not a host name/],
    ['a/b', /is not a host name/],
  ]);
  check(filePath, [
    ...asIs('/etc/ssl/a.pem', '/etc/letsencrypt/live/a-b_c@d+e/x.pem'),
    ['a.pem', /must be an absolute path/],
    ['/a;b', /must be an absolute path/],
    ['/a b', /must be an absolute path/],
  ]);
});

const all = (is: (text: string) => boolean, good: readonly string[], bad: readonly string[]): void => {
  for (const text of good) assert.ok(is(text), text);
  for (const text of bad) assert.ok(!is(text), text);
};

test('listen arguments, networks and loopback addresses are recognized', () => {
  all(
    isListen,
    ['80', '127.0.0.1:80', '[::]:80', '[2001:db8::1]:443', '*:8080', '80 default_server'],
    [
      '0',
      '99999',
      '080',
      '1.2.3:80',
      '256.1.1.1:80',
      '[:::]:80',
      '::1:80',
      '80 ssl',
      '80;',
      'a:80',
      '',
      '[::]',
      '-:80',
    ],
  );
  all(
    isNetwork,
    ['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '::ffff:1.2.3.4', '0.0.0.0/0'],
    ['10.0.0.0/33', '::/129', ':::', 'all', '1.2.3', '01.2.3.4', '10.0.0.0/', '10.0.0.0/8/8', '1.2.3.4;', ''],
  );
  all(
    isReserved,
    ['127.0.0.1:298', '127.1.2.3:1', '127.0.0.1:1023'],
    [
      '298',
      '0.0.0.0:298',
      '127.0.0.1:1024',
      '127.0.0.1',
      '127.0.0.1:0',
      '127.0.0.1:1:2',
      '127.0.0.1:99999',
      'localhost:80',
      '128.0.0.1:1',
    ],
  );
  assert.deepEqual(['80', '[::]:81', '1.2.3.4:82 default_server'].map(portOf), [80, 81, 82]);
});

test.run();
