import type { Step } from '../stage.ts';
import { balance } from './balance.ts';
import { hang } from './hang.ts';
import { install } from './install.ts';
import { kills } from './kills.ts';
import { languages } from './languages.ts';
import { requests } from './requests.ts';
import { scaling } from './scaling.ts';
import { start } from './start.ts';
import { tools } from './tools.ts';
import { uninstall } from './uninstall.ts';

/** In the order in which they are shown: each finds what those before it leave. */
export const STEPS: readonly Step[] = [
  install,
  start,
  requests,
  balance,
  kills,
  hang,
  scaling,
  tools,
  languages,
  uninstall,
];
