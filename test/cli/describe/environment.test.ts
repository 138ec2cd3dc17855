import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { environmentOf } from '../../../src/cli/describe/environment.ts';
import { NO_LIMITS } from './description.ts';

const test = suite('the environment of cgipool describe');

const SETTINGS = {
  ...{ load: 'loaded', active: 'active', invocation: 'abc', pid: 7, commands: [], user: '' },
  isDynamicUser: true,
  environment: ['POOL=a', 'PORT=8000', 'URL=db://u:p%40ss@h', 'A=1', 'API_TOKEN=hunter2', 'GONE=1', 'KEPT=1'],
  environmentFiles: ['/etc/a.env'],
  passEnvironment: ['HTTP_PROXY'],
  unsetEnvironment: ['GONE', 'KEPT=2'],
  credentials: [],
  limits: NO_LIMITS,
};
const FILES = [
  {
    path: '/etc/a.env',
    variables: new Map([
      ['A', '2'],
      ['B', '3'],
    ]),
  },
];

type Args = Parameters<typeof environmentOf>;
const shown = (...args: Args): [string, string | null, string][] =>
  environmentOf(...args).map(({ name, value, from }) => [name, value, from]);

test('without a process it is what systemd has been told, the last setting counts, and what files hold is hidden', () =>
  assert.deepEqual(shown(SETTINGS, FILES, null, false), [
    ['A', null, '/etc/a.env'],
    ['API_TOKEN', null, 'Environment='],
    ['B', null, '/etc/a.env'],
    ['HTTP_PROXY', null, 'PassEnvironment='],
    ['KEPT', '1', 'Environment='],
    ['POOL', 'a', 'cgipool'],
    ['PORT', '8000', 'cgipool'],
    ['URL', 'db://u:***@h', 'Environment='],
  ]));

const PROCESS = new Map([
  ['PATH', '/usr/bin'],
  ['PORT', '8000'],
  ['A', '2'],
  ['C', 'of a file that could not be read'],
  ['API_TOKEN', 'hunter2'],
]);

test('of a process nothing is shown that may come of a file, read or not', () => {
  const hidden: [string, null, string][] = [
    ['A', null, 'EnvironmentFile='],
    ['API_TOKEN', null, 'Environment='],
    ['C', null, 'EnvironmentFile='],
  ];
  assert.deepEqual(shown(SETTINGS, [], PROCESS, false), [
    ...hidden,
    ['PATH', '/usr/bin', 'systemd'],
    ['PORT', '8000', 'cgipool'],
  ]);
  assert.deepEqual(shown(SETTINGS, FILES, PROCESS, false)[0], ['A', null, '/etc/a.env']);
});

test('a file may set what systemd sets: then it is hidden, too', () => {
  const files = [{ path: '/etc/a.env', variables: new Map([['PATH', '/x']]) }];
  assert.deepEqual(shown(SETTINGS, files, new Map([['PATH', '/x']]), false), [['PATH', null, '/etc/a.env']]);
});

test('root is shown all when he asks for it', () => {
  const all = environmentOf(SETTINGS, FILES, PROCESS, true);
  assert.deepEqual(new Map(all.map(({ name, value }) => [name, value])), PROCESS);
  assert.ok(all.every(({ hidden }) => !hidden));
});

test.run();
