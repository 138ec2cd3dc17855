import { err, ok } from '../../base/result.ts';
import type { Balance } from '../../model/pool.ts';
import type { Parse } from './values.ts';

const KEYLESS = ['round_robin', 'least_conn', 'random', 'ip_hash'] as const;

/** Characters that cannot end an nginx directive. */
const HASH_KEY = /^[A-Za-z0-9_.:/$-]+$/;

/** nginx refuses words of 4096 bytes or more. */
const MAX_KEY_CHARS = 1000;

/** Variables of a request. With an unknown variable nginx would refuse the whole configuration. */
const VARIABLE =
  /^(args|binary_remote_addr|document_uri|host|query_string|remote_(addr|port|user)|request_(method|uri)|scheme|server_(name|port)|uri|(arg|cookie|http)_[a-z0-9_]+)$/;

function checkHashKey(key: string): string | null {
  if (!HASH_KEY.test(key))
    return `: the hash key "${key}" may contain only letters, digits, nginx variables and _ . : / -`;
  if (key.length > MAX_KEY_CHARS) return `: the hash key is longer than ${MAX_KEY_CHARS} characters`;
  const variables = [...key.matchAll(/\$([A-Za-z0-9_]*)/g)].map(([, name = '']) => name);
  if (variables.length === 0)
    return `: the hash key "${key}" is the same for all requests: use a variable such as $request_uri`;
  const unknown = variables.find(name => !VARIABLE.test(name.toLowerCase()));
  return unknown === undefined
    ? null
    : `: $${unknown} cannot be part of a hash key: use $request_uri, $uri, $args, $remote_addr, $host, $arg_NAME, $cookie_NAME or $http_NAME`;
}

/** A load balancing method of nginx; `hash KEY` is consistent hashing over the text KEY. */
export const balance: Parse<Balance> = value => {
  const keyless = KEYLESS.find(method => method === value);
  if (keyless) return ok({ method: keyless });
  const key = /^hash[ \t]+(.+)$/.exec(value)?.[1];
  if (key === undefined) return err(`is not one of ${KEYLESS.join(', ')}, hash KEY`);
  const mistake = checkHashKey(key);
  return mistake === null ? ok({ method: 'hash', key }) : err(mistake);
};
