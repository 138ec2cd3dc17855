import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { Host, top } from '../tools/machine/host.ts';
import { Machine } from '../tools/machine/machine.ts';
import { whileBooted } from '../tools/machine/while-booted.ts';
import { show } from './show.ts';

/*
 * npm run demo: boots a private machine, installs cgipool in it and shows what it does. `--on-this-host` shows it on the
 * host itself, where it must not be installed yet. See README.md.
 */

/** Ends before anything was done. */
function refuse(words: string): never {
  console.error(`demo: ${words}`);
  process.exit(1);
}

async function inMachine(): Promise<number> {
  if (process.getuid?.() !== 0) refuse('needs root, to boot a private machine: sudo npm run demo');
  await execa('npm', ['run', '--silent', 'build'], { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
  await Machine.prepare();
  const machine = new Machine(`cgipool-demo-${process.pid}`);
  return whileBooted(machine, stopped => show(machine, stopped));
}

async function onThisHost(): Promise<number> {
  if (!existsSync('/run/systemd/system')) refuse('systemd does not run on this host');
  return show(Host.here());
}

process.exitCode = await (process.argv.includes('--on-this-host') ? onThisHost() : inMachine());
