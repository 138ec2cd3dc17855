import { suite } from 'uvu';
import { besiege } from '../render/inject/siege.ts';
import { KEYS } from '../render/inject/targets.ts';

const test = suite('injection: every key of a pool file');

besiege(test, KEYS);

test.run();
