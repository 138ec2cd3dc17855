import type { CombinationRule } from './rule.ts';

const extensionsAlone: CombinationRule = ({ nginx }) =>
  nginx.lineOf('ScriptExtensions') > 0 && nginx.lineOf('Root') === 0
    ? {
        line: nginx.lineOf('ScriptExtensions'),
        message: 'ScriptExtensions= needs Root=: set it or remove the line',
      }
    : null;

/** Whether a name in the path, without the query, has one of the extensions. */
const namesScript = (path: string, extensions: readonly string[]): boolean =>
  new RegExp(`\\.(?:${extensions.join('|')})(?:/|$)`).test(path.replace(/\?.*/, ''));

/** The pool would never be healthy, or seem to be while it serves nothing. */
const probeOfNoScript: CombinationRule = ({ pool, health, nginx }) => {
  const { Path: path, Probe: probe } = health.values;
  const { Root: root, ScriptExtensions: extensions } = nginx.values;
  const isAsked = pool.values.Protocol === 'fastcgi' && (probe === null || probe === 'fastcgi');
  return isAsked && root !== null && path !== null && extensions !== null && !namesScript(path, extensions)
    ? {
        line: health.lineOf('Path'),
        message: `Path=${path} names no script of ScriptExtensions=${extensions.join(' ')}, and nginx answers it with 404`,
      }
    : null;
};

/** A second value would go before the one that was checked. */
const CHECKED = /^fastcgi_param "?(SCRIPT_FILENAME|PATH_INFO)"? /;

const setScript: CombinationRule = ({ nginx }) => {
  const key = (['Script', 'Root'] as const).find(name => nginx.lineOf(name) > 0);
  const set = nginx.values.Set ?? [];
  const wrong = set.findIndex(text => CHECKED.test(text));
  return key === undefined || wrong < 0
    ? null
    : {
        line: nginx.linesOf('Set')[wrong] ?? 0,
        message: `Set=${set[wrong]}: cgipool sets it itself from ${key}=: remove the line`,
      };
};

/** Rules about the keys that say which script runs. */
export const scriptRules: readonly CombinationRule[] = [extensionsAlone, probeOfNoScript, setScript];
