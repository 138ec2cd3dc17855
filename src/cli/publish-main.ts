import { publish } from './commands/publish.ts';
import { exitAfter } from './exit.ts';

/*
 * What cgipool-publish.service runs: `cgipool publish` in a file of its own, without all else that the command line can do.
 * A worker that is back waits for it.
 */
exitAfter(publish());
