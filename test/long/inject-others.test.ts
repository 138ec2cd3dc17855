import { suite } from 'uvu';
import { testTargets } from '../render/inject/target-tests.ts';
import { OTHERS } from '../render/inject/targets.ts';

const test = suite('injection: cgipool.conf, passed-through sections, and names');

testTargets(test, OTHERS);

test.run();
