import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { type CgiProtocol, type Variables, variables, type WireRequest } from '../../src/wire/request.ts';

const test = suite('CGI variables');

const PLAIN: WireRequest = { path: '/health?q=1', host: 'www.example.org', script: null, root: null };
const of = (change: Partial<WireRequest> = {}, protocol: CgiProtocol = 'fastcgi'): Variables =>
  variables(protocol, { ...PLAIN, ...change });

const COMMON = {
  REQUEST_METHOD: 'GET',
  REQUEST_URI: '/health?q=1',
  DOCUMENT_URI: '/health',
  QUERY_STRING: 'q=1',
  CONTENT_TYPE: '',
  SERVER_PROTOCOL: 'HTTP/1.1',
  REQUEST_SCHEME: 'http',
  GATEWAY_INTERFACE: 'CGI/1.1',
  SERVER_SOFTWARE: 'cgipool',
  SERVER_NAME: 'www.example.org',
  SERVER_PORT: '80',
  SERVER_ADDR: '127.0.0.1',
  REMOTE_ADDR: '127.0.0.1',
  REMOTE_PORT: '0',
  HTTP_HOST: 'www.example.org',
  HTTP_USER_AGENT: 'cgipool',
};

test('each protocol gets its own variables besides the common ones', () => {
  const [fastcgi, scgi, uwsgi] = [
    { CONTENT_LENGTH: '', REMOTE_USER: '', REDIRECT_STATUS: '200', SCRIPT_NAME: '/health' },
    { CONTENT_LENGTH: '0', SCGI: '1', SCRIPT_NAME: '', PATH_INFO: '/health' },
    { CONTENT_LENGTH: '', SCRIPT_NAME: '', PATH_INFO: '/health' },
  ];
  assert.deepEqual(of({}, 'fastcgi'), { ...COMMON, ...fastcgi });
  assert.deepEqual(of({}, 'scgi'), { ...COMMON, ...scgi });
  assert.deepEqual(of({}, 'uwsgi'), { ...COMMON, ...uwsgi });
});

test('an SCGI request begins with CONTENT_LENGTH', () => {
  assert.deepEqual(Object.keys(of({ script: '/a' }, 'scgi')).slice(0, 2), ['CONTENT_LENGTH', 'SCGI']);
});

test('path and query are split, and valid escapes decoded in DOCUMENT_URI', () => {
  const rows: [path: string, uri: string, query: string][] = [
    ['/', '/', ''],
    ['/?', '/', ''],
    ['/a?b?c', '/a', 'b?c'],
    ['/a%20b/%C3%A9?x=%20', '/a b/é', 'x=%20'],
    ['/a%3Fb', '/a?b', ''],
    // normalized, as nginx does
    ['//a//b/', '/a/b/', ''],
    ['/a/./b/../c/.', '/a/c/', ''],
    ['/a/..', '/', ''],
    ['/a%2F..%2fb/%2e%2e/c', '/c', ''],
    ['/.a/..b/...', '/.a/..b/...', ''],
    // malformed, not UTF-8, and NUL, which would end the variable
    ['/%', '/%', ''],
    ['/%ff', '/%ff', ''],
    ['/a%00b', '/a%00b', ''],
  ];
  for (const [path, uri, query] of rows) {
    const { REQUEST_URI, DOCUMENT_URI, QUERY_STRING } = of({ path });
    assert.deepEqual([REQUEST_URI, DOCUMENT_URI, QUERY_STRING], [path, uri, query]);
  }
});

test('SERVER_NAME and SERVER_PORT come from Host=', () => {
  const rows: [host: string, name: string, port: string][] = [
    ['localhost', 'localhost', '80'],
    ['localhost:8080', 'localhost', '8080'],
    ['[::1]', '[::1]', '80'],
    ['[::1]:81', '[::1]', '81'],
  ];
  for (const [host, name, port] of rows) {
    const { HTTP_HOST, SERVER_NAME, SERVER_PORT } = of({ host });
    assert.deepEqual([HTTP_HOST, SERVER_NAME, SERVER_PORT], [host, name, port]);
  }
});

test('with Script= one script gets every path as PATH_INFO', () => {
  for (const protocol of ['fastcgi', 'scgi', 'uwsgi'] as const) {
    const { SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO } = of(
      { script: '/srv/a.php', path: '/b%20c.php/d?e' },
      protocol,
    );
    assert.deepEqual([SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO], ['/srv/a.php', '', '/b c.php/d']);
  }
});

const WWW = { root: '/srv/www', scriptExtensions: ['php', 'cgi', 'pl'] };

test('with Root= the path names a script, and the rest is PATH_INFO', () => {
  const rows: [path: string, name: string, info: string][] = [
    ['/a.php', '/a.php', ''],
    ['/a.php/', '/a.php', '/'],
    ['/a/b.cgi/c/d?e=/f.php', '/a/b.cgi', '/c/d'],
    ['/a.php/b.php', '/a.php', '/b.php'],
    // only names of scripts count
    ['/v1.2/a.pl/x', '/v1.2/a.pl', '/x'],
    ['/a.php.jpg/b.php', '/a.php.jpg/b.php', ''],
    ['/v1.2-b/a.pl/x', '/v1.2-b/a.pl', '/x'],
    // hidden names are allowed in PATH_INFO
    ['/a.php/.git/b.php', '/a.php', '/.git/b.php'],
    ['/.well-known/a.php/x', '/.well-known/a.php', '/x'],
    ['/a.b-c/d.php/e%0Af', '/a.b-c/d.php', '/e\nf'],
  ];
  for (const [path, name, info] of rows) {
    const { SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO, DOCUMENT_ROOT } = of({ ...WWW, path });
    assert.deepEqual(
      [SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO, DOCUMENT_ROOT],
      [`/srv/www${name}`, name, info, '/srv/www'],
    );
  }
  assert.equal(of({ ...WWW, root: '/srv/www/', path: '/a.php' }).SCRIPT_FILENAME, '/srv/www/a.php');
});

test('a path without a script has the folder as its script, and never a file', () => {
  for (const path of [
    ...['/', '/a', '/a.jpg', '/a.php.jpg', '/a.PHP', '/a.php.', '/a.php%0A', '/a.phpx', '/php', '/a.php%20'],
    ...['/.env', '/.php', '/.a.php', '/.git/a.php', '/a/.git/b.php', '/.well-known.php', '/%2ea.php'],
  ]) {
    const { SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO } = of({ ...WWW, path });
    assert.deepEqual([SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO], ['/srv/www/', decodeURIComponent(path), '']);
  }
});

test('the location is cut off the path, like in nginx', () => {
  const names = (change: Partial<WireRequest>): (string | undefined)[] => {
    const { SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO } = of(change);
    return [SCRIPT_FILENAME, SCRIPT_NAME, PATH_INFO];
  };
  const root = { root: '/srv/cgi', scriptExtensions: ['pl'], location: '/cgi-bin' };
  const script = { script: '/srv/a.php', location: '/caf%C3%A9' };
  assert.deepEqual(names({ ...root, path: '/cgi-bin/a.pl/b?c' }), ['/srv/cgi/a.pl', '/cgi-bin/a.pl', '/b']);
  assert.deepEqual(names({ ...root, path: '/cgi-bins/a.pl' }), [
    '/srv/cgi/cgi-bins/a.pl',
    '/cgi-bins/a.pl',
    '',
  ]);
  assert.deepEqual(names({ ...script, path: '/caf%C3%A9/b' }), ['/srv/a.php', '/café', '/b']);
  assert.deepEqual(names({ ...script, path: '/caf%C3%A9' }), ['/srv/a.php', '/café', '']);
  assert.deepEqual(names({ ...script, path: '/' }), ['/srv/a.php', '', '/']);
  assert.deepEqual(names({ ...script, location: '/', path: '/b' }), ['/srv/a.php', '', '/b']);
});

test.run();
