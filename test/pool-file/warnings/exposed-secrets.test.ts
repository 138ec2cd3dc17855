import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { exposedSecrets } from '../../../src/pool-file/warnings/exposed-secrets.ts';

const test = suite('secrets that systemd shows to everybody');

const warned = (key: string, value: string): string | undefined => {
  const [found, ...more] = exposedSecrets({ service: [{ key, value, line: 7 }] });
  assert.deepEqual(more, []);
  assert.ok(found === undefined || found.line === 7);
  return found?.message;
};

/** A line, and the variables of it that are named. */
const SECRETS: [line: string, names: string][] = [
  ['DB_PASSWORD=hunter2', 'DB_PASSWORD'],
  ['"PASSWORD=a b" HOME=/srv', 'PASSWORD'],
  ['A=1 API_TOKEN=x SECRET_KEY_BASE=y', 'API_TOKEN, SECRET_KEY_BASE'],
  ['AWS_SECRET_ACCESS_KEY=x', 'AWS_SECRET_ACCESS_KEY'],
  ['api_key=x', 'api_key'],
  ['APIKEY=x', 'APIKEY'],
  ['SIGNING_KEYS=x,y', 'SIGNING_KEYS'],
  ["'PGPASSWORD=it''s'", 'PGPASSWORD'],
];

for (const [value, names] of SECRETS)
  test(`Environment=${value} is warned about`, () =>
    assert.equal(
      warned('Environment', value),
      `Environment= shows ${names} to every user, by systemctl show: use EnvironmentFile= or LoadCredential=`,
    ));

test('SetCredential= is always warned about, without its text', () =>
  assert.equal(
    warned('SetCredential', 'db:hunter2'),
    "SetCredential= shows db to every user, on systemd's bus: use LoadCredential= or SetCredentialEncrypted=",
  ));

const FINE: [key: string, value: string][] = [
  ['Environment', ''],
  ['Environment', 'INDEX=/srv/index KEYBOARD=us PASSWORD='],
  ['Environment', 'DB_PASSWORD_FILE=%d/db-password TLS_KEY=/etc/ssl/site.key TOKEN=%d/token'],
  ['Environment', 'SECRETS_PATH=somewhere'],
  ['EnvironmentFile', '/etc/keys/DB_PASSWORD'],
  ['LoadCredential', 'password:/etc/keys/password'],
  ['SetCredentialEncrypted', 'password:abc'],
  ['SetCredential', ''],
  ['PassEnvironment', 'PASSWORD'],
];

for (const [key, value] of FINE)
  test(`${key}=${value} is not`, () => assert.equal(warned(key, value), undefined));

test.run();
