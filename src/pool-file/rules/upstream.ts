import { slotsOf } from '../sections.ts';
import type { Rule } from './rule.ts';

/** Of the variables that Balance=hash takes, those that a connection has too. */
const OF_CONNECTIONS = /^((binary_)?remote_addr|remote_port|server_port)$/i;

const streamMethod: Rule = ({ pool, nginx }) => {
  const balance = nginx.values.Balance;
  if (pool.values.Protocol !== 'tcp' || balance === null) return null;
  const line = nginx.lineOf('Balance');
  const cure = 'use Balance=hash $remote_addr';
  if (balance.method === 'ip_hash')
    return { line, message: `nginx has no Balance=ip_hash with Protocol=tcp: ${cure}` };
  const key = balance.method === 'hash' ? balance.key : '';
  const unknown = key.match(/\$\w+/g)?.find(name => !OF_CONNECTIONS.test(name.slice(1)));
  return unknown === undefined
    ? null
    : { line, message: `Balance= goes by ${unknown}, which Protocol=tcp does not have: ${cure}` };
};

/** Methods that send a client, or a key, always to the same instance. */
const STICKY = ['ip_hash', 'hash'];

const stickyWeights: Rule = ({ nginx }) => {
  const method = nginx.values.Balance?.method ?? '';
  return nginx.values.Weight === 'auto' && STICKY.includes(method)
    ? {
        line: nginx.lineOf('Weight'),
        message: `Weight=auto and Balance=${method} rule each other out: another weight moves keys to other instances`,
      }
    : null;
};

const backupMethod: Rule = ({ nginx }) => {
  const method = nginx.values.Balance?.method ?? '';
  return nginx.lineOf('Backup') > 0 && [...STICKY, 'random'].includes(method)
    ? {
        line: nginx.lineOf('Backup'),
        message: `nginx has no Backup= with Balance=${method}: use least_conn or round_robin`,
      }
    : null;
};

const backupSlots: Rule = ({ pool, nginx }) => {
  const slots = slotsOf(pool);
  const backup = nginx.values.Backup ?? [];
  const foreign = backup.find(slot => !slots.includes(slot));
  const line = nginx.lineOf('Backup');
  if (slots.length === 0 || backup.length === 0) return null;
  if (foreign !== undefined)
    return { line, message: `Backup= names ${foreign}, which is no slot of the pool` };
  return backup.length === slots.length
    ? { line, message: 'Backup= names all slots: some must serve before they do' }
    : null;
};

const CANNOT = ['scgi', 'uwsgi', 'tcp'];

const keptOpen: Rule = ({ pool, nginx }) => {
  const { Protocol: protocol } = pool.values;
  return (nginx.values.Keepalive ?? 0) > 0 && protocol !== null && CANNOT.includes(protocol)
    ? { line: nginx.lineOf('Keepalive'), message: `nginx keeps no connections with Protocol=${protocol}` }
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
          'Concurrency=, Spare= and RequestTimeout= go by open connections, which Keepalive= keeps open: use Requests= or Latency=',
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
