import type { Problem } from '../../base/result.ts';
import { type Sections, scaledSlots, slotKeyOf } from '../sections.ts';
import { protocolRules } from './protocol.ts';
import { broken, type CombinationRule } from './rule.ts';
import { minZeroUnsupported } from './scale-to-zero.ts';
import { scriptRules } from './scripts.ts';
import { upstreamRules } from './upstream.ts';

const portsMissing: CombinationRule = ({ pool }) =>
  pool.values.Listen === 'tcp' && pool.lineOf('Ports') === 0
    ? { line: pool.lineOf('Listen'), message: 'Ports= is missing: add it, for example Ports=8000-8009' }
    : null;

const fdSlots: CombinationRule = ({ pool }) => {
  if (pool.values.Listen !== 'fd' || pool.lineOf('Ports') > 0 !== pool.lineOf('Slots') > 0) return null;
  const message =
    pool.lineOf('Ports') > 0
      ? 'Ports= and Slots= cannot be used together: use Ports= for ports, Slots= for socket files'
      : 'Listen=fd needs Ports= or Slots=: use Ports= for ports, Slots= for socket files';
  return { line: pool.lineOf(pool.lineOf('Slots') > 0 ? 'Slots' : 'Listen'), message };
};

const slotsWithTcp: CombinationRule = ({ pool }) =>
  pool.values.Listen === 'tcp' && pool.lineOf('Slots') > 0
    ? {
        line: pool.lineOf('Slots'),
        message: 'Slots= cannot be used with Listen=tcp: use Ports=',
      }
    : null;

const portsWithUnix: CombinationRule = ({ pool }) =>
  pool.values.Listen === 'unix' && pool.lineOf('Ports') > 0
    ? {
        line: pool.lineOf('Ports'),
        message: 'Ports= cannot be used with Listen=unix: use Slots=',
      }
    : null;

const maxBelowMin: CombinationRule = ({ pool }) => {
  const { Min, Max } = pool.values;
  return Min !== null && Max !== null && Max < Min
    ? { line: pool.lineOf('Max'), message: `Max=${Max} is less than Min=${Min}` }
    : null;
};

const tooFewSlots =
  (key: 'Min' | 'Max'): CombinationRule =>
  ({ pool, nginx }) => {
    const slots = scaledSlots({ pool, nginx }).length;
    const wanted = pool.values[key] ?? 0;
    const source = slotKeyOf(pool);
    const except = nginx.lineOf('Backup') > 0 ? ' that are not in Backup=' : '';
    // without slots, their absence is the mistake to report
    return slots > 0 && wanted > slots
      ? {
          line: pool.lineOf(key),
          message: `${key}=${wanted} is more than the ${slots} slots of ${source}${except}: lower it or widen ${source}`,
        }
      : null;
  };

const restartBeforeFall: CombinationRule = ({ health }) => {
  const { RestartAfter, Fall } = health.values;
  return RestartAfter !== null && RestartAfter > 0 && Fall !== null && RestartAfter < Fall
    ? {
        line: health.lineOf('RestartAfter'),
        message: `RestartAfter=${RestartAfter} is less than Fall=${Fall}: set at least ${Fall}, or 0 for never`,
      }
    : null;
};

const probeCommand: CombinationRule = ({ health }) => {
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

const metricWithExternal: CombinationRule = ({ scale }) => {
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

const maxAgeWithFile: CombinationRule = ({ scale }) =>
  scale.lineOf('MetricMaxAge') > 0 && scale.values.Metric?.kind !== 'file'
    ? {
        line: scale.lineOf('MetricMaxAge'),
        message: 'MetricMaxAge= needs Metric=file:PATH: set it or remove the line',
      }
    : null;

const minZeroUnrouted: CombinationRule = ({ pool, nginx }) =>
  pool.values.Min === 0 && nginx.values.Location === null && pool.values.Protocol !== 'tcp'
    ? {
        line: pool.lineOf('Min'),
        message: 'Min=0 needs Location= in [Nginx], so that a request can wake the pool',
      }
    : null;

const RULES: readonly CombinationRule[] = [
  portsMissing,
  slotsWithTcp,
  portsWithUnix,
  maxBelowMin,
  tooFewSlots('Max'),
  tooFewSlots('Min'),
  restartBeforeFall,
  probeCommand,
  metricWithExternal,
  maxAgeWithFile,
  minZeroUnrouted,
  minZeroUnsupported,
  fdSlots,
  ...protocolRules,
  ...scriptRules,
  ...upstreamRules,
];

/** Finds keys that are valid by themselves, but not together. */
export const checkCombinations = (file: string, sections: Sections): Problem[] =>
  broken(RULES, file, sections);
