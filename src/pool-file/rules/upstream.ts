import { slotKeyOf, slotsOf } from '../sections.ts';
import type { CombinationRule } from './rule.ts';

/** The variables of Balance=hash that exist for a connection too. */
const CONNECTION_VARIABLE = /^((binary_)?remote_addr|remote_port|server_port)$/i;

const balanceOfStream: CombinationRule = ({ pool, nginx }) => {
  const balance = nginx.values.Balance;
  if (pool.values.Protocol !== 'tcp' || balance === null) return null;
  const line = nginx.lineOf('Balance');
  const cure = 'use Balance=hash $remote_addr';
  if (balance.method === 'ip_hash')
    return { line, message: `Balance=ip_hash cannot be used with Protocol=tcp: ${cure}` };
  const key = balance.method === 'hash' ? balance.key : '';
  const missing = key.match(/\$\w+/g)?.find(name => !CONNECTION_VARIABLE.test(name.slice(1)));
  return missing === undefined
    ? null
    : { line, message: `Balance= uses ${missing}, which Protocol=tcp does not have: ${cure}` };
};

/** Methods that always send a client, or a key, to the same instance. */
const STICKY = ['ip_hash', 'hash'];

const weightOfSticky: CombinationRule = ({ nginx }) => {
  const method = nginx.values.Balance?.method ?? '';
  return nginx.values.Weight === 'auto' && STICKY.includes(method)
    ? {
        line: nginx.lineOf('Weight'),
        message: `Weight=auto cannot be used with Balance=${method}, where a new weight moves clients to other instances: use equal`,
      }
    : null;
};

const backupMethod: CombinationRule = ({ nginx }) => {
  const method = nginx.values.Balance?.method ?? '';
  return nginx.lineOf('Backup') > 0 && [...STICKY, 'random'].includes(method)
    ? {
        line: nginx.lineOf('Backup'),
        message: `Backup= cannot be used with Balance=${method}: use least_conn or round_robin`,
      }
    : null;
};

const backupSlots: CombinationRule = ({ pool, nginx }) => {
  const slots = slotsOf(pool);
  const backup = nginx.values.Backup ?? [];
  const missing = backup.find(slot => !slots.includes(slot));
  const line = nginx.lineOf('Backup');
  if (slots.length === 0 || backup.length === 0) return null;
  if (missing !== undefined)
    return {
      line,
      message: `Backup= names ${missing}, which is not in ${slotKeyOf(pool)}: choose a slot from there`,
    };
  return backup.length === slots.length
    ? { line, message: 'Backup= names every slot: leave at least one that is not a backup' }
    : null;
};

/** Protocols without keepalive in nginx. */
const NO_KEEPALIVE = ['scgi', 'uwsgi', 'tcp'];

const keepaliveUnsupported: CombinationRule = ({ pool, nginx }) => {
  const { Protocol: protocol } = pool.values;
  return (nginx.values.Keepalive ?? 0) > 0 && protocol !== null && NO_KEEPALIVE.includes(protocol)
    ? {
        line: nginx.lineOf('Keepalive'),
        message: `Keepalive= cannot be used with Protocol=${protocol}, where nginx keeps no connections: remove the line`,
      }
    : null;
};

/** An idle connection looks like a busy one. */
const keepaliveWithConnectionKeys: CombinationRule = ({ nginx, scale, health }) => {
  if ((nginx.values.Keepalive ?? 0) === 0) return null;
  const line = scale.lineOf('Concurrency') || scale.lineOf('Spare') || health.lineOf('RequestTimeout') || 0;
  return line > 0
    ? {
        line,
        message:
          'Concurrency=, Spare= and RequestTimeout= cannot be used with Keepalive=, which keeps idle connections open: use Requests= or Latency=',
      }
    : null;
};

/** Rules about how nginx distributes requests. */
export const upstreamRules: readonly CombinationRule[] = [
  weightOfSticky,
  balanceOfStream,
  backupMethod,
  backupSlots,
  keepaliveUnsupported,
  keepaliveWithConnectionKeys,
];
