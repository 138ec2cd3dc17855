import { slotKeyOf, slotsOf } from '../sections.ts';
import type { Rule } from './rule.ts';

/** Of the variables that Balance=hash takes, those that a connection has too. */
const OF_CONNECTIONS = /^((binary_)?remote_addr|remote_port|server_port)$/i;

const streamMethod: Rule = ({ pool, nginx }) => {
  const balance = nginx.values.Balance;
  if (pool.values.Protocol !== 'tcp' || balance === null) return null;
  const line = nginx.lineOf('Balance');
  const cure = 'use Balance=hash $remote_addr';
  if (balance.method === 'ip_hash')
    return { line, message: `Balance=ip_hash cannot be used with Protocol=tcp: ${cure}` };
  const key = balance.method === 'hash' ? balance.key : '';
  const unknown = key.match(/\$\w+/g)?.find(name => !OF_CONNECTIONS.test(name.slice(1)));
  return unknown === undefined
    ? null
    : { line, message: `Balance= uses ${unknown}, which Protocol=tcp does not have: ${cure}` };
};

/** Methods that send a client, or a key, always to the same instance. */
const STICKY = ['ip_hash', 'hash'];

const stickyWeights: Rule = ({ nginx }) => {
  const method = nginx.values.Balance?.method ?? '';
  return nginx.values.Weight === 'auto' && STICKY.includes(method)
    ? {
        line: nginx.lineOf('Weight'),
        message: `Weight=auto cannot be used with Balance=${method}: a new weight would move clients to other instances`,
      }
    : null;
};

const backupMethod: Rule = ({ nginx }) => {
  const method = nginx.values.Balance?.method ?? '';
  return nginx.lineOf('Backup') > 0 && [...STICKY, 'random'].includes(method)
    ? {
        line: nginx.lineOf('Backup'),
        message: `Backup= cannot be used with Balance=${method}: use least_conn or round_robin`,
      }
    : null;
};

const backupSlots: Rule = ({ pool, nginx }) => {
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

const CANNOT = ['scgi', 'uwsgi', 'tcp'];

const keptOpen: Rule = ({ pool, nginx }) => {
  const { Protocol: protocol } = pool.values;
  return (nginx.values.Keepalive ?? 0) > 0 && protocol !== null && CANNOT.includes(protocol)
    ? {
        line: nginx.lineOf('Keepalive'),
        message: `Keepalive= cannot be used with Protocol=${protocol}, where nginx keeps no connections: remove the line`,
      }
    : null;
};

/** An idle connection looks like a request that is being served. */
const keptBusy: Rule = ({ nginx, scale, health }) => {
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

/** Mistakes in how requests are shared out. */
export const upstreamRules: readonly Rule[] = [
  stickyWeights,
  streamMethod,
  backupMethod,
  backupSlots,
  keptOpen,
  keptBusy,
];
