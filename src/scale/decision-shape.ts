import { type Check, fields, isFlag, isNumber, isText, listOf, orNull, recordOf } from '../pool/shape.ts';
import type { Decision, Reading } from './decision.ts';

const reading = fields<Reading>({
  metric: isText,
  value: orNull(isNumber),
  burst: orNull(isNumber),
  target: isNumber,
  recommends: orNull(isNumber),
  burstRecommends: orNull(isNumber),
});

const decision = fields<Decision>({
  at: isNumber,
  ready: isNumber,
  from: isNumber,
  to: isNumber,
  min: isNumber,
  max: isNumber,
  readings: listOf(reading),
  windowMax: isNumber,
  panic: isFlag,
  rule: isText,
  held: orNull(isText),
});

const decisions: Check = recordOf(listOf(decision));

/** Whether a value read back is what was decided, by pool. */
export const isDecisions = (value: unknown): value is Record<string, Decision[]> => decisions(value);
