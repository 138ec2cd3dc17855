import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { Machine } from '../tools/machine/machine.ts';
import { whileBooted } from '../tools/machine/while-booted.ts';
import { parseOptions } from './options.ts';
import { plotsOf } from './plots.ts';
import { reportOf } from './report.ts';
import type { Results } from './results.ts';
import { PM2_FOLDER } from './subjects/pm2.ts';

/*
 * npm run bench: boots a private machine, installs the peers in it, measures, and writes docs/benchmarks.md with its
 * plots and the raw data. `--page` only rewrites the page, from the raw data.
 */

const [DATA, PAGE, PLOTS] = ['docs/benchmarks.json', 'docs/benchmarks.md', 'docs/benchmarks'];
const PACKAGES = 'wrk supervisor uwsgi-core uwsgi-plugin-python3 php-fpm passenger';

const machine = new Machine(`cgipool-bench-${process.pid}`);

const run = (command: string, ...args: string[]): Promise<unknown> =>
  execa(command, args, { stdin: 'ignore', stdout: 2, stderr: 'inherit' });

/** PM2 is not in cgipool's lock file: it is installed beside the machines' cache. */
async function installPm2(): Promise<void> {
  mkdirSync(PM2_FOLDER, { recursive: true });
  const options = '--no-audit --no-fund --ignore-scripts --no-progress --loglevel=error'.split(' ');
  await run('npm', 'install', '--prefix', PM2_FOLDER, 'pm2@7.0.4', ...options);
}

/** Runs inside the machine except for its network namespace, which has no connection. */
async function installPackages(): Promise<void> {
  const enter = `nsenter -t $(cat /run/cgipool-machine/${machine.name}/leader) -m -p -u -i -C`;
  const install = `apt-get install -y -qq --no-install-recommends ${PACKAGES}`;
  const proxies = "$(env | grep -iE '^(https?_proxy|no_proxy)=')";
  const inside = `printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
    ${install} || { apt-get update -qq && ${install}; }; code=$?; rm /usr/sbin/policy-rc.d; exit $code`;
  const environment = `PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive ${proxies}`;
  await run('bash', '-c', `${enter} env -i ${environment} bash -c "$1" >/dev/null`, 'bring', inside);
}

async function measure(words: readonly string[]): Promise<string> {
  await installPackages();
  const isDone = await machine.show(
    ['node --import tsx bench/inside.ts /run/results.json', ...words].join(' '),
  );
  if (!isDone) throw new Error('the part inside the machine failed: see above');
  return machine.run('cat /run/results.json');
}

function writePage(): void {
  const results = JSON.parse(readFileSync(DATA, 'utf8')) as Results;
  rmSync(PLOTS, { recursive: true, force: true });
  mkdirSync(PLOTS, { recursive: true });
  const plots = plotsOf(results);
  for (const { file, svg } of plots) writeFileSync(`${PLOTS}/${file}`, svg);
  writeFileSync(PAGE, reportOf(results, plots));
  console.log(`${PAGE}, ${plots.length} plots in ${PLOTS}/, raw data in ${DATA}`);
}

const words = process.argv.slice(2);
if (words[0] !== '--page') {
  // report wrong options before the machine boots
  parseOptions(words);
  await run('npm', 'run', '--silent', 'build');
  await installPm2();
  await Machine.prepare();
  writeFileSync(DATA, `${await whileBooted(machine, () => measure(words))}\n`);
}
writePage();
