import { exitAfter } from './exit.ts';
import { publish } from './publish.ts';

/*
 * What cgipool-publish.service runs: `cgipool publish` in a file of its own, without all else that the command line can do.
 * A worker that is back waits for it.
 */
exitAfter(publish());
