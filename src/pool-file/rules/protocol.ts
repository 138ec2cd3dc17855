import { portOf } from '../../model/address.ts';
import { MODULES, moduleOf } from '../../model/nginx-directives.ts';
import { familyOf, type Sections, slotsOf } from '../sections.ts';
import type { Rule } from './rule.ts';

type NginxKey = keyof Sections['nginx']['values'];

/** A key that needs another protocol than the pool has. */
const only =
  (key: NginxKey, fits: (protocol: string) => boolean, cure: string): Rule =>
  ({ pool, nginx }) => {
    const { Protocol: protocol } = pool.values;
    return nginx.lineOf(key) > 0 && protocol !== null && !fits(protocol)
      ? { line: nginx.lineOf(key), message: `${key}= ${cure}` }
      : null;
  };

const isTcp = (protocol: string): boolean => protocol === 'tcp';
const isHttp = (protocol: string): boolean => protocol !== 'tcp';
const isFastcgi = (protocol: string): boolean => protocol === 'fastcgi';

const scriptOrRoot: Rule = ({ nginx }) =>
  nginx.lineOf('Script') > 0 && nginx.lineOf('Root') > 0
    ? {
        line: nginx.lineOf('Root'),
        message:
          'Root= and Script= cannot be used together: use Script= for one script, Root= for a folder of scripts',
      }
    : null;

/** Probes that speak a protocol, which must be the workers' own. */
const SPEAKING = ['http', 'fastcgi', 'scgi', 'uwsgi'];

const strangeProbe: Rule = ({ pool, health }) => {
  const { Probe: probe } = health.values;
  const { Protocol: protocol } = pool.values;
  return probe !== null && SPEAKING.includes(probe) && protocol !== null && probe !== protocol
    ? {
        line: health.lineOf('Probe'),
        message: `Probe=${probe} does not match Protocol=${protocol}: use tcp, exec or none`,
      }
    : null;
};

const deafProbe: Rule = ({ pool, health }) =>
  pool.values.Listen === 'fd' && health.values.Probe === 'tcp'
    ? {
        line: health.lineOf('Probe'),
        message:
          'Probe=tcp cannot be used with Listen=fd, where connections succeed even if the worker is dead: use exec',
      }
    : null;

const foreignSet: Rule = ({ pool, nginx }) => {
  const { Protocol: protocol } = pool.values;
  const set = nginx.values.Set ?? [];
  // with tcp no Set= at all means anything, which is told of already
  if (protocol === null || protocol === 'tcp') return null;
  const wrong = set.findIndex(text => (moduleOf(text) ?? MODULES[protocol]) !== MODULES[protocol]);
  return wrong < 0
    ? null
    : {
        line: nginx.linesOf('Set')[wrong] ?? 0,
        message: `Set=${set[wrong]} has no effect with Protocol=${protocol}: use a ${MODULES[protocol]}_ directive`,
      };
};

/** What nginx listens on is no worker's port. */
const ownPort: Rule = ({ pool, nginx }) => {
  const port = portOf(nginx.values.ListenStream ?? '');
  return familyOf(pool) === 'tcp' && slotsOf(pool).includes(port)
    ? {
        line: nginx.lineOf('ListenStream'),
        message: `ListenStream= uses port ${port}, which is one of Ports=: choose another`,
      }
    : null;
};

const NO_REQUESTS = 'cannot be used with Protocol=tcp, which has no requests: remove the line';

const uncounted: Rule = ({ pool, scale, health }) => {
  if (pool.values.Protocol !== 'tcp') return null;
  for (const key of ['Requests', 'Latency'] as const)
    if (scale.lineOf(key) > 0) return { line: scale.lineOf(key), message: `${key}= ${NO_REQUESTS}` };
  if (pool.lineOf('MaxRequests') > 0)
    return { line: pool.lineOf('MaxRequests'), message: `MaxRequests= ${NO_REQUESTS}` };
  return health.lineOf('RequestTimeout') > 0
    ? { line: health.lineOf('RequestTimeout'), message: `RequestTimeout= ${NO_REQUESTS}` }
    : null;
};

/** Mistakes of protocols and of what goes with them. */
export const protocolRules: readonly Rule[] = [
  only('ListenStream', isTcp, 'needs Protocol=tcp: use Location= for other protocols'),
  only('Location', isHttp, 'cannot be used with Protocol=tcp: use ListenStream='),
  only('Set', isHttp, 'cannot be used with Protocol=tcp, which has no location: remove the line'),
  only('SlowLog', isHttp, NO_REQUESTS),
  only('Script', isFastcgi, 'needs Protocol=fastcgi: set it or remove the line'),
  only('Root', isFastcgi, 'needs Protocol=fastcgi: set it or remove the line'),
  scriptOrRoot,
  strangeProbe,
  deafProbe,
  foreignSet,
  ownPort,
  uncounted,
];
