import { suite } from 'uvu';
import { besiege } from '../render/inject/siege.ts';
import { OTHERS } from '../render/inject/targets.ts';

const test = suite('injection: cgipool.conf, what is passed on to systemd, and names');

besiege(test, OTHERS);

test.run();
