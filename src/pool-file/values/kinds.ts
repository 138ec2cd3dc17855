import { isListen, isStreamListen } from '../../model/address.ts';
import { balance } from './balance.ts';
import { command } from './command.ts';
import { location } from './location.ts';
import { nginxDirective } from './nginx-directive.ts';
import { latency, metricSource, step } from './scale.ts';
import { slotSet } from './slots.ts';
import { age, duration, positiveDuration, span } from './spans.ts';
import { calendar, extensions, filePath, host, statusRange, text, urlPath, word } from './texts.ts';
import {
  boolean,
  bytes,
  integer,
  type Kind,
  oneOf,
  orNone,
  percent,
  positiveBytes,
  positiveNumber,
} from './values.ts';

const LISTEN = 'port or address:port';

/** The kinds of value that keys take; `unit` is the name that the reference uses. */
export const kinds = {
  ageOrNone: { unit: 'time span or none', parse: orNone(age) },
  balance: { unit: 'method', parse: balance },
  boolean: { unit: 'yes or no', parse: boolean },
  bytesOrNone: { unit: 'bytes, K, M, G or T, or none', parse: orNone(positiveBytes) },
  bytes: { unit: 'bytes, K, M, G or T', parse: bytes },
  command: { unit: 'command line', parse: command },
  count: { unit: '1 to 1000', parse: integer(1, 1000) },
  countOrNone: { unit: 'number or none', parse: orNone(integer(1, 1_000_000_000)) },
  countOrNever: { unit: '0 to 1000', parse: integer(0, 1000) },
  calendar: { unit: 'calendar event', parse: calendar },
  duration: { unit: 'time span', parse: duration },
  durationOrNone: { unit: 'time span or none', parse: orNone(positiveDuration) },
  extensions: { unit: 'words of letters and digits', parse: extensions },
  filePath: { unit: 'absolute path', parse: filePath },
  metricSourceOrNone: { unit: 'exec:COMMAND or file:PATH, or none', parse: orNone(metricSource) },
  host: { unit: 'host name', parse: host },
  latencyOrNone: { unit: 'pN:time span, or none', parse: orNone(latency) },
  listen: { unit: LISTEN, parse: word(isListen, `a ${LISTEN}: write 80 or 192.0.2.1:80`) },
  listenStream: { unit: LISTEN, parse: word(isStreamListen, `a ${LISTEN}: write 127.0.0.1:6379`) },
  location: { unit: 'URL path', parse: location },
  nginxDirective: { unit: 'directive and arguments', parse: nginxDirective },
  numberOrNone: { unit: 'number or none', parse: orNone(positiveNumber) },
  percent: { unit: 'percentage', parse: percent },
  percentOrNone: { unit: 'percentage or none', parse: orNone(percent) },
  positiveDuration: { unit: 'time span', parse: positiveDuration },
  slots: { unit: 'numbers and ranges', parse: slotSet },
  stepOrNone: { unit: 'number, percentage or none', parse: orNone(step) },
  statusRange: { unit: 'HTTP status or range', parse: statusRange },
  text: { unit: 'text', parse: text },
  urlPath: { unit: 'URL path and query', parse: urlPath },
  window: { unit: 'time span from 1s to 5min', parse: span(1000, 300_000) },
} satisfies Record<string, Kind<unknown>>;

/** One of the given words. */
export const choice = <const T extends string>(...words: T[]): Kind<T> => ({
  unit: words.join(', ').replace(/, ([^,]*)$/, ' or $1'),
  parse: oneOf(...words),
});
