import type { Problem } from '../../base/result.ts';
import { familyOf, type Sections, scaledSlots } from '../sections.ts';
import { protocolRules } from './protocol.ts';
import type { Rule } from './rule.ts';
import { sleeping } from './scale-to-zero.ts';
import { scriptRules } from './scripts.ts';
import { upstreamRules } from './upstream.ts';

const portsMissing: Rule = ({ pool }) =>
  pool.values.Listen === 'tcp' && pool.lineOf('Ports') === 0
    ? { line: pool.lineOf('Listen'), message: 'Ports= is missing: for example Ports=8000-8009' }
    : null;

const slotsOfFd: Rule = ({ pool }) => {
  if (pool.values.Listen !== 'fd' || pool.lineOf('Ports') > 0 !== pool.lineOf('Slots') > 0) return null;
  const message =
    pool.lineOf('Ports') > 0
      ? 'Ports= and Slots= rule each other out: Listen=fd takes Ports= for ports, Slots= for socket files'
      : 'Ports= or Slots= is missing: with Listen=fd, Ports= is for ports, Slots= for socket files';
  return { line: pool.lineOf(pool.lineOf('Slots') > 0 ? 'Slots' : 'Listen'), message };
};

const slotsOfTcp: Rule = ({ pool }) =>
  pool.values.Listen === 'tcp' && pool.lineOf('Slots') > 0
    ? {
        line: pool.lineOf('Slots'),
        message: 'Slots= is for Listen=unix; with Listen=tcp, Ports= names the slots',
      }
    : null;

const portsOfUnix: Rule = ({ pool }) =>
  pool.values.Listen === 'unix' && pool.lineOf('Ports') > 0
    ? {
        line: pool.lineOf('Ports'),
        message: 'Ports= is for Listen=tcp; with Listen=unix, Slots= numbers the sockets',
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
    const named = familyOf(pool) === 'unix' ? 'Slots=' : 'Ports=';
    const beside = nginx.lineOf('Backup') > 0 ? ' beside those of Backup=' : '';
    // without any slots the mistake is another one
    return slots > 0 && wanted > slots
      ? {
          line: pool.lineOf(key),
          message: `${key}=${wanted} is more than the ${slots} slots of ${named}${beside}`,
        }
      : null;
  };

const restartBeforeFall: Rule = ({ health }) => {
  const { RestartAfter, Fall } = health.values;
  return RestartAfter !== null && RestartAfter > 0 && Fall !== null && RestartAfter < Fall
    ? {
        line: health.lineOf('RestartAfter'),
        message: `RestartAfter=${RestartAfter} is less than Fall=${Fall}: first unpublish, then restart`,
      }
    : null;
};

const commandOfExec: Rule = ({ health }) => {
  const isExec = health.values.Probe === 'exec';
  const line = health.lineOf('Command');
  if (isExec && line === 0)
    return {
      line: health.lineOf('Probe'),
      message: 'Command= is missing: for example Command=/usr/local/bin/check %i',
    };
  if (!isExec && line > 0) return { line, message: 'Command= is for Probe=exec: give that too' };
  return null;
};

const metricAlone: Rule = ({ scale }) => {
  const { External, Metric } = scale.values;
  if (External !== null && Metric === null)
    return {
      line: scale.lineOf('External'),
      message: 'External= needs Metric=: where the number comes from',
    };
  if (External === null && Metric !== null)
    return { line: scale.lineOf('Metric'), message: 'Metric= needs External=: the number to aim at' };
  return null;
};

const sleepsForEver: Rule = ({ pool, nginx }) =>
  pool.values.Min === 0 && nginx.values.Location === null && pool.values.Protocol !== 'tcp'
    ? { line: pool.lineOf('Min'), message: 'Min=0 needs Location= in [Nginx]: a request wakes the pool' }
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
  ...scriptRules,
  ...upstreamRules,
];

/** Mistakes that only two keys together make. */
export const crossCheck = (file: string, read: Sections): Problem[] =>
  RULES.flatMap(rule => {
    const found = rule(read);
    return found ? [{ file, ...found }] : [];
  });
