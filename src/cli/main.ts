import { exitAfter } from './exit.ts';
import { cgipool } from './program.ts';

exitAfter(cgipool().parseAsync());
