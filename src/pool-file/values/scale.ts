import { err, ok } from '../../base/result.ts';
import type { MetricSource, Step } from '../../model/pool.ts';
import { command } from './command.ts';
import { positiveDuration } from './spans.ts';
import { filePath } from './texts.ts';
import { integer, type Parse, percent } from './values.ts';

/** `p95:200ms`: a percentile of the response time and its target. */
export const latency: Parse<{ quantile: number; target: number }> = text => {
  const match = /^p(\d{1,2}(?:\.\d{1,2})?):(.*)$/.exec(text);
  const quantile = Number(match?.[1] ?? 0) / 100;
  if (!match || quantile === 0)
    return err('is not a percentile and a time: write p95:200ms for 95% of the requests within 200ms');
  const target = positiveDuration(match[2] ?? '');
  return target.ok ? ok({ quantile, target: target.value }) : err(`: ${match[2]} ${target.error}`);
};

/** `2` or `50%`. */
export const step: Parse<Step> = text => {
  const share = percent(text);
  if (share.ok) return ok({ share: share.value });
  const instances = integer(1, 1000)(text);
  return instances.ok
    ? ok({ instances: instances.value })
    : err('is not a number of instances or a percentage: write 2 or 50%');
};

/** `exec:/usr/local/bin/count jobs` or `file:/var/lib/jobs/waiting`. */
export const metricSource: Parse<MetricSource> = text => {
  const [, kind, rest = ''] = /^(exec|file):[ \t]*(.*)$/.exec(text) ?? [];
  if (kind === 'exec') {
    const parsed = command(rest);
    return parsed.ok ? ok({ kind, command: parsed.value }) : parsed;
  }
  if (kind !== 'file')
    return err(
      'is not exec:COMMAND or file:PATH: write exec:/usr/local/bin/count or file:/var/lib/jobs/waiting',
    );
  const parsed = filePath(rest);
  return parsed.ok ? ok({ kind, path: parsed.value }) : parsed;
};
