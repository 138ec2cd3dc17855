import type { Problem } from '../../base/result.ts';
import { type Sections, scaledSlots, slotKeyOf } from '../sections.ts';
import { protocolRules } from './protocol.ts';
import type { Rule } from './rule.ts';
import { sleeping } from './scale-to-zero.ts';
import { upstreamRules } from './upstream.ts';

const portsMissing: Rule = ({ pool }) =>
  pool.values.Listen === 'tcp' && pool.lineOf('Ports') === 0
    ? { line: pool.lineOf('Listen'), message: 'Ports= is missing: add it, for example Ports=8000-8009' }
    : null;

const slotsOfFd: Rule = ({ pool }) => {
  if (pool.values.Listen !== 'fd' || pool.lineOf('Ports') > 0 !== pool.lineOf('Slots') > 0) return null;
  const message =
    pool.lineOf('Ports') > 0
      ? 'Ports= and Slots= cannot be used together: use Ports= for ports, Slots= for socket files'
      : 'Listen=fd needs Ports= or Slots=: use Ports= for ports, Slots= for socket files';
  return { line: pool.lineOf(pool.lineOf('Slots') > 0 ? 'Slots' : 'Listen'), message };
};

const slotsOfTcp: Rule = ({ pool }) =>
  pool.values.Listen === 'tcp' && pool.lineOf('Slots') > 0
    ? {
        line: pool.lineOf('Slots'),
        message: 'Slots= cannot be used with Listen=tcp: use Ports=',
      }
    : null;

const portsOfUnix: Rule = ({ pool }) =>
  pool.values.Listen === 'unix' && pool.lineOf('Ports') > 0
    ? {
        line: pool.lineOf('Ports'),
        message: 'Ports= cannot be used with Listen=unix: use Slots=',
      }
    : null;

const maxBelowMin: Rule = ({ pool }) => {
  const { Min, Max } = pool.values;
  return Min !== null && Max !== null && Max < Min
    ? { line: pool.lineOf('Max'), message: `Max=${Max} is less than Min=${Min}` }
    : null;
};

const tooFewSlots =
  (key: 'Min' | 'Max'): Rule =>
  ({ pool, nginx }) => {
    const slots = scaledSlots({ pool, nginx }).length;
    const wanted = pool.values[key] ?? 0;
    const named = slotKeyOf(pool);
    const beside = nginx.lineOf('Backup') > 0 ? ' that are not in Backup=' : '';
    // without any slots the mistake is another one
    return slots > 0 && wanted > slots
      ? {
          line: pool.lineOf(key),
          message: `${key}=${wanted} is more than the ${slots} slots of ${named}${beside}: lower it or widen ${named}`,
        }
      : null;
  };

const restartBeforeFall: Rule = ({ health }) => {
  const { RestartAfter, Fall } = health.values;
  return RestartAfter !== null && RestartAfter > 0 && Fall !== null && RestartAfter < Fall
    ? {
        line: health.lineOf('RestartAfter'),
        message: `RestartAfter=${RestartAfter} is less than Fall=${Fall}: set at least ${Fall}, or 0 for never`,
      }
    : null;
};

const commandOfExec: Rule = ({ health }) => {
  const isExec = health.values.Probe === 'exec';
  const line = health.lineOf('Command');
  if (isExec && line === 0)
    return {
      line: health.lineOf('Probe'),
      message: 'Command= is missing: add it, for example Command=/usr/local/bin/check %i',
    };
  if (!isExec && line > 0) return { line, message: 'Command= needs Probe=exec: set it or remove the line' };
  return null;
};

const metricAlone: Rule = ({ scale }) => {
  const { External, Metric } = scale.values;
  if (External !== null && Metric === null)
    return {
      line: scale.lineOf('External'),
      message: 'External= needs Metric=: set where the number comes from',
    };
  if (External === null && Metric !== null)
    return { line: scale.lineOf('Metric'), message: 'Metric= needs External=: set the target per instance' };
  return null;
};

const sleepsForEver: Rule = ({ pool, nginx }) =>
  pool.values.Min === 0 && nginx.values.Location === null && pool.values.Protocol !== 'tcp'
    ? {
        line: pool.lineOf('Min'),
        message: 'Min=0 needs Location= in [Nginx], so that a request can wake the pool',
      }
    : null;

const RULES: readonly Rule[] = [
  portsMissing,
  slotsOfTcp,
  portsOfUnix,
  maxBelowMin,
  tooFewSlots('Max'),
  tooFewSlots('Min'),
  restartBeforeFall,
  commandOfExec,
  metricAlone,
  sleepsForEver,
  sleeping,
  slotsOfFd,
  ...protocolRules,
  ...upstreamRules,
];

/** Mistakes that only two keys together make. */
export const crossCheck = (file: string, read: Sections): Problem[] =>
  RULES.flatMap(rule => {
    const found = rule(read);
    return found ? [{ file, ...found }] : [];
  });
