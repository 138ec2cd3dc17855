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
        message: 'Root= and Script= rule each other out: one script for all, or a folder of scripts',
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
        message: `Probe=${probe} does not speak Protocol=${protocol}: use tcp, exec, or none`,
      }
    : null;
};

const deafProbe: Rule = ({ pool, health }) =>
  pool.values.Listen === 'fd' && health.values.Probe === 'tcp'
    ? {
        line: health.lineOf('Probe'),
        message:
          'Probe=tcp sees nothing with Listen=fd, where systemd takes connections for a dead worker: use exec',
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
        message: `Set=${set[wrong]} means nothing with Protocol=${protocol}`,
      };
};

/** What nginx listens on is no worker's port. */
const ownPort: Rule = ({ pool, nginx }) => {
  const port = portOf(nginx.values.ListenStream ?? '');
  return familyOf(pool) === 'tcp' && slotsOf(pool).includes(port)
    ? {
        line: nginx.lineOf('ListenStream'),
        message: `ListenStream= takes port ${port}, which is one of Ports=: choose another`,
      }
    : null;
};

const COUNTS = 'counts requests of HTTP, which Protocol=tcp does not have';

const uncounted: Rule = ({ pool, scale, health }) => {
  if (pool.values.Protocol !== 'tcp') return null;
  for (const key of ['Requests', 'Latency'] as const)
    if (scale.lineOf(key) > 0) return { line: scale.lineOf(key), message: `${key}= ${COUNTS}` };
  if (pool.lineOf('MaxRequests') > 0)
    return { line: pool.lineOf('MaxRequests'), message: `MaxRequests= ${COUNTS}` };
  return health.lineOf('RequestTimeout') > 0
    ? { line: health.lineOf('RequestTimeout'), message: `RequestTimeout= ${COUNTS}` }
    : null;
};

/** Mistakes of protocols and of what goes with them. */
export const protocolRules: readonly Rule[] = [
  only('ListenStream', isTcp, 'is for Protocol=tcp; the others have Location='),
  only('Location', isHttp, 'is for HTTP; with Protocol=tcp, ListenStream= says where nginx listens'),
  only('Set', isHttp, 'is for a location, which Protocol=tcp does not have'),
  only('SlowLog', isHttp, COUNTS),
  only('Script', isFastcgi, 'is for Protocol=fastcgi'),
  only('Root', isFastcgi, 'is for Protocol=fastcgi'),
  only('AccelRedirect', isHttp, 'is for answers of HTTP, which Protocol=tcp does not have'),
  scriptOrRoot,
  strangeProbe,
  deafProbe,
  foreignSet,
  ownPort,
  uncounted,
];
