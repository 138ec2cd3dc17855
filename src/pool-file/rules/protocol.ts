import { portOf } from '../../model/address.ts';
import { MODULES, moduleOf } from '../../model/nginx-directives.ts';
import { familyOf, type Sections, slotsOf } from '../sections.ts';
import type { CombinationRule } from './rule.ts';

type NginxKey = keyof Sections['nginx']['values'];

/** A key that the pool's protocol does not support. `message` follows `Key=`. */
const requireProtocol =
  (key: NginxKey, isSupported: (protocol: string) => boolean, message: string): CombinationRule =>
  ({ pool, nginx }) => {
    const { Protocol: protocol } = pool.values;
    return nginx.lineOf(key) > 0 && protocol !== null && !isSupported(protocol)
      ? { line: nginx.lineOf(key), message: `${key}= ${message}` }
      : null;
  };

const isTcp = (protocol: string): boolean => protocol === 'tcp';
const hasRequests = (protocol: string): boolean => protocol !== 'tcp';
const isFastcgi = (protocol: string): boolean => protocol === 'fastcgi';

const scriptWithRoot: CombinationRule = ({ nginx }) =>
  nginx.lineOf('Script') > 0 && nginx.lineOf('Root') > 0
    ? {
        line: nginx.lineOf('Root'),
        message:
          'Root= and Script= cannot be used together: use Script= for one script, Root= for a folder of scripts',
      }
    : null;

/** Probes by a GET request, which must be in the workers' own protocol. */
const GET_PROBES = ['http', 'fastcgi', 'scgi', 'uwsgi'];

const probeOfOtherProtocol: CombinationRule = ({ pool, health }) => {
  const { Probe: probe } = health.values;
  const { Protocol: protocol } = pool.values;
  return probe !== null && GET_PROBES.includes(probe) && protocol !== null && probe !== protocol
    ? {
        line: health.lineOf('Probe'),
        message: `Probe=${probe} does not match Protocol=${protocol}: use tcp, exec or none`,
      }
    : null;
};

const tcpProbeWithFd: CombinationRule = ({ pool, health }) =>
  pool.values.Listen === 'fd' && health.values.Probe === 'tcp'
    ? {
        line: health.lineOf('Probe'),
        message:
          'Probe=tcp cannot be used with Listen=fd, where connections succeed even if the worker is dead: use exec',
      }
    : null;

const setOfOtherProtocol: CombinationRule = ({ pool, nginx }) => {
  const { Protocol: protocol } = pool.values;
  const set = nginx.values.Set ?? [];
  // with tcp, every Set= is reported already
  if (protocol === null || protocol === 'tcp') return null;
  const wrong = set.findIndex(text => (moduleOf(text) ?? MODULES[protocol]) !== MODULES[protocol]);
  return wrong < 0
    ? null
    : {
        line: nginx.linesOf('Set')[wrong] ?? 0,
        message: `Set=${set[wrong]} has no effect with Protocol=${protocol}: use a ${MODULES[protocol]}_ directive`,
      };
};

const streamOnWorkerPort: CombinationRule = ({ pool, nginx }) => {
  const port = portOf(nginx.values.ListenStream ?? '');
  return familyOf(pool) === 'tcp' && slotsOf(pool).includes(port)
    ? {
        line: nginx.lineOf('ListenStream'),
        message: `ListenStream= uses port ${port}, which is one of Ports=: choose another`,
      }
    : null;
};

const NO_REQUESTS = 'cannot be used with Protocol=tcp, which has no requests: remove the line';

const requestKeysWithTcp: CombinationRule = ({ pool, scale, health }) => {
  if (pool.values.Protocol !== 'tcp') return null;
  for (const key of ['Requests', 'Latency'] as const)
    if (scale.lineOf(key) > 0) return { line: scale.lineOf(key), message: `${key}= ${NO_REQUESTS}` };
  if (pool.lineOf('MaxRequests') > 0)
    return { line: pool.lineOf('MaxRequests'), message: `MaxRequests= ${NO_REQUESTS}` };
  return health.lineOf('RequestTimeout') > 0
    ? { line: health.lineOf('RequestTimeout'), message: `RequestTimeout= ${NO_REQUESTS}` }
    : null;
};

/** Rules about Protocol= and the keys that depend on it. */
export const protocolRules: readonly CombinationRule[] = [
  requireProtocol('ListenStream', isTcp, 'needs Protocol=tcp: use Location= for other protocols'),
  requireProtocol('Location', hasRequests, 'cannot be used with Protocol=tcp: use ListenStream='),
  requireProtocol(
    'Set',
    hasRequests,
    'cannot be used with Protocol=tcp, which has no location: remove the line',
  ),
  requireProtocol('SlowLog', hasRequests, NO_REQUESTS),
  requireProtocol('Script', isFastcgi, 'needs Protocol=fastcgi: set it or remove the line'),
  requireProtocol('Root', isFastcgi, 'needs Protocol=fastcgi: set it or remove the line'),
  requireProtocol(
    'AccelRedirect',
    hasRequests,
    'cannot be used with Protocol=tcp, which has no headers: remove the line',
  ),
  scriptWithRoot,
  probeOfOtherProtocol,
  tcpProbeWithFd,
  setOfOtherProtocol,
  streamOnWorkerPort,
  requestKeysWithTcp,
];
