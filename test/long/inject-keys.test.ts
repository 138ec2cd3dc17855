import { suite } from 'uvu';
import { testTargets } from '../render/inject/target-tests.ts';
import { KEYS } from '../render/inject/targets.ts';

const test = suite('injection: every key of a pool file');

testTargets(test, KEYS);

test.run();
