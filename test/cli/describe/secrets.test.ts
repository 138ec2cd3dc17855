import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { isSecret, withoutPasswords } from '../../../src/cli/describe/secrets.ts';

const test = suite('what cgipool describe hides');

test('a variable is hidden by its name, unless it only says where something is', () => {
  const hidden = [
    'DB_PASSWORD',
    'PGPASS',
    'API_KEY',
    'KEYS',
    'SECRET_KEY_BASE',
    'GITHUB_TOKEN',
    'JWT_SECRET',
  ];
  for (const name of [...hidden, 'passphrase', 'BASIC_AUTH', 'COOKIE_SALT'])
    assert.ok(isSecret(name, 'x'), name);
  for (const name of ['KEYBOARD', 'PORT', 'INDEX', 'NODE_ENV', 'PASSWORD_FILE', 'CREDENTIALS_DIRECTORY'])
    assert.ok(!isSecret(name, 'x'), name);
  assert.ok(!isSecret('TLS_KEY', '/etc/keys/tls.pem'));
  assert.ok(!isSecret('TOKEN', ''));
});

test('of a text that holds a password all but that is shown', () => {
  const rows: [text: string, shown: string][] = [
    ['postgres://shop:p@ss@db/shop?x=1', 'postgres://shop:***@db/shop?x=1'],
    ['redis://:hunter2@localhost:6379/0', 'redis://:***@localhost:6379/0'],
    ['a://b:c@d,e://f:g@h', 'a://b:***@h'],
    ['host=db password=hunter2 user=shop', 'host=db password=*** user=shop'],
    ['https://x/?a=1&token=abc&b=2', 'https://x/?a=1&token=***&b=2'],
    ['--db-password=hunter2', '--db-password=***'],
    ['http://localhost:8080/a', 'http://localhost:8080/a'],
    ['postgres://shop@db/shop', 'postgres://shop@db/shop'],
    ['a=1 b:2', 'a=1 b:2'],
  ];
  assert.deepEqual(
    rows.map(([text]) => withoutPasswords(text)),
    rows.map(([, shown]) => shown),
  );
});

test.run();
