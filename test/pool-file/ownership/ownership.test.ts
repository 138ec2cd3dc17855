import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import { namings } from '../../../src/pool-file/ownership/named.ts';
import { takeover } from '../../../src/pool-file/ownership/ownership.ts';
import { wordsOf } from '../../../src/pool-file/ownership/words.ts';

const test = suite("what is not the pool's own");

/** Directive, value, and what of it is refused. */
const REFUSED: [key: string, value: string, names: string][] = [
  // the takeovers of the report
  ['RuntimeDirectory', 'cgipool-controller', '/run/cgipool-controller'],
  ['StateDirectory', 'cgipool', '/var/lib/cgipool'],
  // directories that systemd makes and gives away
  ['RuntimeDirectory', 'cgipool', '/run/cgipool'],
  ['RuntimeDirectory', 'mine cgipool/other/8000', '/run/cgipool/other/8000'],
  ['RuntimeDirectory', 'mine:cgipool-metrics', '/run/cgipool-metrics'],
  ['RuntimeDirectory', '"cgipool-publish"', '/run/cgipool-publish'],
  ['RuntimeDirectory', 'x/../cgipool', '/run/x/../cgipool'],
  ['RuntimeDirectory', 'c\\gipool', '/run/cgipool'],
  ['RuntimeDirectory', '%p', '/run/cgipool-mine'],
  ['StateDirectory', '%N', '/var/lib/cgipool-mine@1'],
  ['StateDirectory', 'other %P', '/var/lib/cgipool/mine'],
  ['CacheDirectory', 'cgipool', '/var/cache/cgipool'],
  ['LogsDirectory', 'cgipool-mine', '/var/log/cgipool-mine'],
  ['LogsDirectory', 'nginx', '/var/log/nginx'],
  ['ConfigurationDirectory', 'cgipool', '/etc/cgipool'],
  ['ConfigurationDirectory', 'nginx', '/etc/nginx'],
  ['ConfigurationDirectory', 'nginx/cgipool', '/etc/nginx/cgipool'],
  ['ConfigurationDirectory', 'nginx/conf.d', '/etc/nginx/conf.d'],
  ['ConfigurationDirectory', 'systemd/system', '/etc/systemd/system'],
  ['ConfigurationDirectory', 'polkit-1', '/etc/polkit-1'],
  // paths that are opened
  ['ReadWritePaths', '/srv /etc/cgipool', '/etc/cgipool'],
  ['ReadWritePaths', '-+/var/lib/cgipool/installed.json', '/var/lib/cgipool/installed.json'],
  ['ReadWritePaths', '/var/run/cgipool-controller', '/var/run/cgipool-controller'],
  ['ReadWritePaths', '%S/cgipool', '/var/lib/cgipool'],
  ['ReadWritePaths', '%t/%p', '/run/cgipool-mine'],
  ['ReadWritePaths', '/etc/nginx/conf.d/cgipool.conf', '/etc/nginx/conf.d/cgipool.conf'],
  ['ReadWritePaths', '%y', '/etc/systemd/system/cgipool-mine@.service'],
  ['ReadWriteDirectories', '//etc//./cgipool/', '//etc//./cgipool/'],
  ['ExecPaths', '/run/cgipool', '/run/cgipool'],
  ['BindPaths', '/var/lib/cgipool:/srv/x', '/var/lib/cgipool'],
  ['BindPaths', '/srv/x:/etc/cgipool:rbind', '/etc/cgipool'],
  ['BindReadOnlyPaths', '-/run/cgipool-controller', '/run/cgipool-controller'],
  ['TemporaryFileSystem', '/etc/cgipool:ro', '/etc/cgipool'],
  ['StandardOutput', 'truncate:/etc/cgipool/other.pool', '/etc/cgipool/other.pool'],
  ['StandardError', 'append:/var/lib/cgipool/secret', '/var/lib/cgipool/secret'],
  ['StandardOutput', 'file:/etc/systemd/system/cgipool.service', '/etc/systemd/system/cgipool.service'],
  // what systemd reads as root
  ['EnvironmentFile', '-/var/lib/cgipool/secret', '/var/lib/cgipool/secret'],
  ['EnvironmentFile', '/var/lib/cgi*/secret', '/var/lib/cgi*/secret'],
  ['LoadCredential', 'x:/var/lib/cgipool/installed.json', '/var/lib/cgipool/installed.json'],
  ['LoadCredentialEncrypted', 'x:/run/cgipool/other/1/sock', '/run/cgipool/other/1/sock'],
  ['StandardInput', 'file:/etc/nginx/cgipool/access.conf', '/etc/nginx/cgipool/access.conf'],
  ['OpenFile', '/var/lib/cgipool/secret:secret', '/var/lib/cgipool/secret'],
  ['RootDirectory', '/var/lib/cgipool', '/var/lib/cgipool'],
  // units
  ['Requires', 'postgresql.service cgipool.service', 'cgipool.service'],
  ['Wants', 'cgipool-publish.service', 'cgipool-publish.service'],
  ['BindsTo', 'cgipool-other@%i.service', 'cgipool-other@1.service'],
  ['PartOf', 'cgipool.service', 'cgipool.service'],
  ['Upholds', 'cgipool-autoscale.timer', 'cgipool-autoscale.timer'],
  ['OnFailure', '%p@8001.service', 'cgipool-mine@8001.service'],
  ['Conflicts', 'cgipool-other@8000.service', 'cgipool-other@8000.service'],
  ['Conflicts', 'nginx.service', 'nginx.service'],
  ['PropagatesStopTo', 'cgipool-other.wake.socket', 'cgipool-other.wake.socket'],
  ['JoinsNamespaceOf', 'cgipool-other@8000.service', 'cgipool-other@8000.service'],
  ['Sockets', 'cgipool-log.socket', 'cgipool-log.socket'],
  ['User', 'cgipool', 'cgipool'],
];

const CLAUSE = ", which is not the pool's own: ";

for (const [key, value, names] of REFUSED)
  test(`${key}=${value} is refused`, () => {
    const message = takeover(key, value, 'mine') ?? assert.fail();
    assert.ok(message.startsWith(`${key}= names ${names}${CLAUSE}`), message);
    assert.match(message, /: (choose another (name|path|user)|remove it)/);
  });

/** What pools have, and what harms nobody else. */
const ALLOWED: [key: string, value: string][] = [
  ['RuntimeDirectory', 'mine mine/cgipool cgipools my-cgipool'],
  ['RuntimeDirectory', ''],
  ['StateDirectory', 'mine:also-mine %j'],
  ['ConfigurationDirectory', 'mine'],
  ['LogsDirectory', 'mine'],
  ['ReadWritePaths', '/srv /var/lib/mine -/var/lib/cgipools'],
  ['ReadWritePaths', '/run /var/lib'],
  ['BindPaths', '/run/dbus /run/postgresql:/run/pg'],
  ['TemporaryFileSystem', '/run:ro /etc'],
  ['ReadOnlyPaths', '/etc/cgipool'],
  ['InaccessiblePaths', '/var/lib/cgipool /run/cgipool-controller'],
  ['InaccessiblePaths', ''],
  ['WorkingDirectory', '/etc/cgipool'],
  ['StandardOutput', 'journal'],
  ['StandardOutput', 'append:/var/log/mine.log'],
  ['EnvironmentFile', '/etc/cgipool/mine.env'],
  ['EnvironmentFile', '-/etc/default/mine'],
  ['LoadCredential', 'token:/etc/cgipool/token'],
  ['LoadCredential', 'cgipool'],
  ['LoadCredential', 'cgipool-x:relative'],
  ['SetCredential', 'x:/var/lib/cgipool/secret'],
  ['Environment', 'STATE=/var/lib/cgipool'],
  ['After', 'cgipool-other@8000.service nginx.service cgipool.service'],
  ['Before', 'cgipool-other@8000.service'],
  ['Requires', 'postgresql.service'],
  ['Wants', 'nginx.service'],
  ['Conflicts', 'apache2.service'],
  ['User', 'www-data'],
  ['SupplementaryGroups', 'cgipool'],
  ['constructor', 'cgipool'],
  ['X-Note', '/var/lib/cgipool'],
];

for (const [key, value] of ALLOWED)
  test(`${key}=${value} is allowed`, () => assert.equal(takeover(key, value, 'mine'), null));

test("a pool called like a part of cgipool has no directory of that part by its own unit's name", () => {
  for (const name of ['controller', 'publish', 'metrics'])
    assert.match(takeover('RuntimeDirectory', '%p', name) ?? '', new RegExp(`/run/cgipool-${name},`));
});

test('words are split as systemd splits them', () => {
  assert.deepEqual(wordsOf('a  "b c" d\\ e \'f "g\' h"i"j'), ['a', 'b c', 'd e', 'f "g', 'hij']);
  assert.deepEqual(wordsOf(''), []);
  assert.deepEqual(wordsOf('"open a'), ['"open', 'a']);
});

/** Directives of a type that names paths or units, but that only close or compare, or that other rules own. */
const HARMLESS = new Set([
  ...['After', 'Before', 'SourcePath', 'RequiresMountsFor', 'ExecSearchPath', 'TTYPath'],
  ...['ReadOnlyPaths', 'ReadOnlyDirectories', 'InaccessiblePaths', 'InaccessibleDirectories', 'NoExecPaths'],
  ...['IPCNamespacePath', 'NetworkNamespacePath'],
]);

test('each directive of systemd that takes a unit, a path or a file is in the table, or known to be harmless', () => {
  const dump = execFileSync('/usr/lib/systemd/systemd', ['--dump-configuration-items'], { encoding: 'utf8' });
  const sections = dump.split(/^(?=\[)/m).filter(text => /^\[(Service|Unit|Slice)\]/.test(text));
  const types = /^(\w+)=(UNIT|SOCKETS|PATH|FILE|INPUT|OUTPUT|PATH \[\.\.\.\]|UNIT \[\.\.\.\]|PATH\[:.*)$/gm;
  const named = sections.flatMap(text => [...text.matchAll(types)].map(([, key = '']) => key));
  assert.ok(named.length > 40, `${named.length}`);
  assert.deepEqual(
    named.filter(key => !Object.hasOwn(namings, key) && !HARMLESS.has(key)),
    [],
  );
});

test.run();
