import { publish } from './commands/publish.ts';
import { exitAfter } from './exit.ts';

/*
 * What cgipool-publish.service runs: `cgipool publish` as a program of its own, which loads faster than the whole command
 * line. A recovered worker waits for it.
 */
exitAfter(publish());
