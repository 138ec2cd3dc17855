import type { Rule } from './rule.ts';
import { slotsOf } from './sections.ts';

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
export const upstreamRules: readonly Rule[] = [stickyWeights, backupMethod, backupSlots, keptOpen, keptBusy];
