import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };

const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map(line => `  ${line}`).join('\n')}\n`;

const ROOT: [string, string, string] = ['--root <dir>', 'work on another root (tests, images)', '/'];
const JSON_OPTION: [string, string] = ['--json', 'print JSON of a stable schema'];

function declareFiles(cgipool: Command): void {
  cgipool
    .command('check [files...]')
    .description('validate pool files: every mistake with file and line, and how open each sandbox is')
    .option(...ROOT)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('cgipool check', 'cgipool check search.pool'))
    .action(async (files, options) => (await import('./commands/check.ts')).check(files, options));
  cgipool
    .command('generate [pool]')
    .description('print every unit and nginx text without touching anything')
    .option(...ROOT)
    .option('--out <dir>', 'write them below DIR instead')
    .addHelpText('after', examples('cgipool generate search', 'cgipool generate --out /tmp/look'))
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
    .description('replay access logs to see how the [Scale] of a pool file would do')
    .requiredOption('--access-log <files...>', 'logs of nginx or Apache, .gz too; - is the standard input')
    .option('--service-time <time>', 'what a request needs: 50ms, exp:50ms (random), or log', 'log')
    .option('--start-time <time>', 'until a started instance serves', '500ms')
    .option('--threads <n>', 'requests that an instance serves at a time', '1')
    .option('--cpu-share <percent>', 'how much of the service time is CPU time', '100%')
    .option('--tick <time>', 'from one decision to the next', '5s')
    .option('--compare <file>', 'a second pool file, for the same requests')
    .option(...JSON_OPTION)
    .option('--plot <file>', 'write the charts to FILE.svg or FILE.html')
    .addHelpText('after', SIMULATE_EXAMPLES)
    .action(async (file, options) => (await import('./commands/simulate.ts')).simulate(file, options));
}

function declareInstall(cgipool: Command): void {
  cgipool
    .command('install')
    .description('make the machine as /etc/cgipool/*.pool say; again whenever they change')
    .option(...ROOT)
    .option('--dry-run', 'only say what would change')
    .option(
      '--rollback [pool]',
      'put back the pool files before the last change, of one pool or of all it changed',
    )
    .addHelpText(
      'after',
      examples(
        'sudo cgipool install --dry-run',
        'sudo cgipool install',
        'sudo cgipool install --rollback search',
      ),
    )
    .action(async options => (await import('./commands/install.ts')).install(options));
  cgipool
    .command('uninstall')
    .description('stop all pools and remove what install wrote')
    .option('--purge', 'remove the pool files and the program as well')
    .addHelpText('after', examples('sudo cgipool uninstall', 'sudo cgipool uninstall --purge'))
    .action(async options => (await import('./commands/uninstall.ts')).uninstall(options));
}

function declareReading(cgipool: Command): void {
  cgipool
    .command('status [pool]')
    .description('show pools and their instances')
    .option(...JSON_OPTION)
    .option('--watch', 'show it every second')
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
    .command('why [pool]')
    .description('say why a pool has as many instances as it has')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('cgipool why search'))
    .action(async (pool, options) => (await import('./commands/why.ts')).why(pool, options));
  cgipool
    .command('logs <pool>')
    .description("show the journal of a pool's workers")
    .option('-f, --follow', 'go on as lines come')
    .option('-n, --lines <n>', 'how many of the last lines', '100')
    .option('--since <time>', 'from a time on, as journalctl understands it')
    .addHelpText('after', examples('cgipool logs search -f', 'cgipool logs search --since -10min'))
    .action(async (pool, options) => (await import('./commands/logs.ts')).logs(pool, options));
}

function declareOrders(cgipool: Command): void {
  cgipool
    .command('scale <pool> <spec>')
    .description('hold a pool at N or within MIN..MAX instances; auto follows the pool file again')
    .addHelpText(
      'after',
      examples(
        'sudo cgipool scale search 4',
        'sudo cgipool scale search 2..8',
        'sudo cgipool scale search auto',
      ),
    )
    .action(async (pool, spec) => (await import('./commands/orders.ts')).scale(pool, spec));
  for (const [verb, text] of [
    ['restart', 'replace all instances one by one, without losing a request'],
    ['start', 'start a stopped pool'],
    ['stop', 'drain and stop a pool; nginx answers 503 for it'],
  ] as const)
    cgipool
      .command(`${verb} <pool>`)
      .description(text)
      .addHelpText('after', examples(`sudo cgipool ${verb} search`))
      .action(async pool => (await import('./commands/orders.ts'))[verb](pool));
}

function declareServices(cgipool: Command): void {
  cgipool
    .command('controller')
    .description('the daemon that cgipool.service runs')
    .addHelpText('after', examples('sudo systemctl restart cgipool.service', 'journalctl -u cgipool.service'))
    .action(async () => (await import('./commands/controller.ts')).controller());
  cgipool
    .command('publish')
    .description('the privileged step that cgipool-publish.service runs')
    .addHelpText(
      'after',
      examples('sudo systemctl start cgipool-publish.service', 'journalctl -u cgipool-publish.service'),
    )
    .action(async () => (await import('./commands/publish.ts')).publish());
}

/** The command line, declared; every verb is loaded only when it is called. */
export function cgipool(): Command {
  const command = new Command('cgipool')
    .description('pools of worker processes in any language, on systemd and nginx')
    .version(manifest.version)
    .showHelpAfterError('(cgipool COMMAND --help tells more)')
    .exitOverride();
  for (const declare of [
    declareFiles,
    declareSimulate,
    declareInstall,
    declareReading,
    declareOrders,
    declareServices,
  ])
    declare(command);
  return command;
}
