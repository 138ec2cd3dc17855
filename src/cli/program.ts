import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };

const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map(line => `  ${line}`).join('\n')}\n`;

const ROOT: [string, string, string] = [
  '--root <dir>',
  'operate on an alternate root directory, such as an image',
  '/',
];
const WAIT: [string, string] = ['--wait', 'wait until it has come about; fail if it does not'];
const JSON_OPTION: [string, string] = ['--json', 'print JSON with a stable schema'];

function declareFiles(cgipool: Command): void {
  cgipool
    .command('check [files...]')
    .description('validate pool files and rate the exposure of their sandboxes')
    .option(...ROOT)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('cgipool check', 'cgipool check search.pool'))
    .action(async (files, options) => (await import('./commands/check.ts')).check(files, options));
  cgipool
    .command('generate [pool]')
    .description('print the generated units and nginx files without changing anything')
    .option(...ROOT)
    .option('--out <dir>', 'write the files below DIR instead of printing them')
    .addHelpText('after', examples('cgipool generate search', 'cgipool generate --out /tmp/cgipool'))
    .action(async (pool, options) => (await import('./commands/generate.ts')).generate(pool, options));
}

const SIMULATE_EXAMPLES = examples(
  'cgipool simulate search.pool --access-log /var/log/nginx/access.log',
  'cgipool simulate search.pool --access-log access.log.2.gz access.log.1 --service-time exp:80ms',
  'cgipool simulate search.pool --compare thrifty/search.pool --access-log access.log --plot both.html',
);

function declareSimulate(cgipool: Command): void {
  cgipool
    .command('simulate <file>')
    .description('replay access logs to try the [Scale] settings of a pool file')
    .requiredOption(
      '--access-log <files...>',
      'nginx or Apache access logs, plain or gzipped; - for standard input',
    )
    .option(
      '--service-time <time>',
      'service time of a request: 50ms, exp:50ms (random), or log (as logged)',
      'log',
    )
    .option('--start-time <time>', 'time from starting an instance until it serves', '500ms')
    .option('--threads <n>', 'requests that an instance serves concurrently', '1')
    .option('--cpu-share <percent>', 'share of the service time that is CPU time', '100%')
    .option('--tick <time>', 'interval between scaling decisions', '5s')
    .option('--compare <file>', 'a second pool file to replay the same requests against')
    .option(...JSON_OPTION)
    .option('--plot <file>', 'write charts to FILE.svg or FILE.html')
    .addHelpText('after', SIMULATE_EXAMPLES)
    .action(async (file, options) => (await import('./commands/simulate.ts')).simulate(file, options));
}

function declareInstall(cgipool: Command): void {
  cgipool
    .command('install')
    .description('apply the pool files in /etc/cgipool; run it again after every change')
    .option(...ROOT)
    .option('--dry-run', 'only print what would change')
    .option('--no-wait', 'do not wait until what changed has come up')
    .option('--rollback [pool]', 'undo the last change: of one pool, or of all that changed with it')
    .option('--to <number>', 'with --rollback: restore what --list shows under this number')
    .option('--list', 'with --rollback: show what can be restored, and change nothing')
    .option('--json', 'with --rollback --list: print JSON with a stable schema')
    .addHelpText(
      'after',
      examples(
        'sudo cgipool install --dry-run',
        'sudo cgipool install',
        'sudo cgipool install --rollback search',
        'sudo cgipool install --rollback --list',
        'sudo cgipool install --rollback --to 3',
      ),
    )
    .action(async options => (await import('./commands/install.ts')).install(options));
  cgipool
    .command('uninstall')
    .description('stop all pools and remove everything that install wrote')
    .option('--purge', 'also remove the pool files and the program')
    .addHelpText('after', examples('sudo cgipool uninstall', 'sudo cgipool uninstall --purge'))
    .action(async options => (await import('./commands/uninstall.ts')).uninstall(options));
}

function declareInspection(cgipool: Command): void {
  cgipool
    .command('status [pool]')
    .description('show pools and their instances')
    .option(...JSON_OPTION)
    .option('--watch', 'refresh every second')
    .addHelpText(
      'after',
      examples(
        'cgipool status',
        'cgipool status search --watch',
        'cgipool status --json | jq .pools[].state',
      ),
    )
    .action(async (pool, options) => (await import('./commands/status.ts')).status(pool, options));
  cgipool
    .command('describe <pool>')
    .description('show what a pool is: its command, environment, limits, units and logs')
    .option(...JSON_OPTION)
    .option('--show-secrets', 'show values that are hidden otherwise; for root')
    .addHelpText('after', examples('cgipool describe search', 'sudo cgipool describe search --show-secrets'))
    .action(async (pool, options) => (await import('./commands/describe.ts')).describe(pool, options));
  cgipool
    .command('why [pool]')
    .description("explain a pool's current number of instances")
    .option(...JSON_OPTION)
    .addHelpText('after', examples('cgipool why search'))
    .action(async (pool, options) => (await import('./commands/why.ts')).why(pool, options));
  cgipool
    .command('logs <pool>')
    .description("show the journal of a pool's workers")
    .option('-f, --follow', 'keep printing new lines as they arrive')
    .option('-n, --lines <n>', 'number of most recent lines to show', '100')
    .option('--since <time>', 'show lines from this time on, in the syntax of journalctl')
    .addHelpText('after', examples('cgipool logs search -f', 'cgipool logs search --since -10min'))
    .action(async (pool, options) => (await import('./commands/logs.ts')).logs(pool, options));
}

function declareControl(cgipool: Command): void {
  cgipool
    .command('scale <pool> <spec>')
    .option(...WAIT)
    .description('set a fixed number (N) or range (MIN..MAX) of instances; auto returns to the pool file')
    .addHelpText(
      'after',
      examples(
        'sudo cgipool scale search 4',
        'sudo cgipool scale search 2..8',
        'sudo cgipool scale search auto',
      ),
    )
    .action(async (pool, spec, options) =>
      (await import('./commands/control.ts')).scale(pool, spec, options),
    );
  for (const [verb, text] of [
    ['restart', 'replace all instances one by one without losing a request'],
    ['start', 'start a stopped pool'],
    ['stop', 'drain and stop a pool; nginx then answers 503 for it'],
  ] as const)
    cgipool
      .command(`${verb} <pool>`)
      .description(text)
      .option(...WAIT)
      .addHelpText('after', examples(`sudo cgipool ${verb} search`, `sudo cgipool ${verb} search --wait`))
      .action(async (pool, options) => (await import('./commands/control.ts'))[verb](pool, options));
}

function declareServices(cgipool: Command): void {
  cgipool
    .command('controller')
    .description('run the controller daemon (used by cgipool.service)')
    .addHelpText('after', examples('sudo systemctl restart cgipool.service', 'journalctl -u cgipool.service'))
    .action(async () => (await import('./commands/controller.ts')).controller());
  cgipool
    .command('publish')
    .description('publish healthy instances to nginx (used by cgipool-publish.service)')
    .addHelpText(
      'after',
      examples('sudo systemctl start cgipool-publish.service', 'journalctl -u cgipool-publish.service'),
    )
    .action(async () => (await import('./commands/publish.ts')).publish());
}

/** Declares the command line. Each verb is imported only when it is called. */
export function cgipool(): Command {
  const command = new Command('cgipool')
    .description('run pools of worker processes in any language on systemd and nginx')
    .version(manifest.version)
    .showHelpAfterError("See 'cgipool COMMAND --help'.")
    .exitOverride();
  for (const declare of [
    declareFiles,
    declareSimulate,
    declareInstall,
    declareInspection,
    declareControl,
    declareServices,
  ])
    declare(command);
  return command;
}
