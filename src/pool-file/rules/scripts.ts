import type { CombinationRule } from './rule.ts';

const extensionsWithoutRoot: CombinationRule = ({ nginx }) =>
  nginx.lineOf('ScriptExtensions') > 0 && nginx.lineOf('Root') === 0
    ? {
        line: nginx.lineOf('ScriptExtensions'),
        message: 'ScriptExtensions= needs Root=: set it or remove the line',
      }
    : null;

/** Whether a name in the path, without the query, has one of the extensions. */
const namesScript = (path: string, extensions: readonly string[]): boolean =>
  new RegExp(`\\.(?:${extensions.join('|')})(?:/|$)`).test(path.replace(/\?.*/, ''));

/** Such a probe cannot succeed, or succeeds although the pool serves nothing. */
const probeWithoutScript: CombinationRule = ({ pool, health, nginx }) => {
  const { Path: path, Probe: probe } = health.values;
  const { Root: root, ScriptExtensions: extensions } = nginx.values;
  const isAsked = pool.values.Protocol === 'fastcgi' && (probe === null || probe === 'fastcgi');
  return isAsked && root !== null && path !== null && extensions !== null && !namesScript(path, extensions)
    ? {
        line: health.lineOf('Path'),
        message: `Path=${path} names no script with ScriptExtensions=${extensions.join(' ')}: nginx would answer 404`,
      }
    : null;
};

/** Set= would put a second value after the one that nginx has checked. */
const SCRIPT_VARIABLE = /^fastcgi_param "?(SCRIPT_FILENAME|PATH_INFO)"? /;

const setOfScript: CombinationRule = ({ nginx }) => {
  const key = (['Script', 'Root'] as const).find(name => nginx.lineOf(name) > 0);
  const set = nginx.values.Set ?? [];
  const wrong = set.findIndex(text => SCRIPT_VARIABLE.test(text));
  return key === undefined || wrong < 0
    ? null
    : {
        line: nginx.linesOf('Set')[wrong] ?? 0,
        message: `Set=${set[wrong]}: cgipool sets it itself, as ${key}= says: remove the line`,
      };
};

/** Rules about the keys that decide which script runs. */
export const scriptRules: readonly CombinationRule[] = [
  extensionsWithoutRoot,
  probeWithoutScript,
  setOfScript,
];
