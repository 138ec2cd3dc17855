import { pause } from '../../host/clock.ts';
import { noSuchPool } from '../../model/names.ts';
import type {
  InstanceState,
  InstanceStatus,
  PoolState,
  PoolStatus,
  Status,
} from '../../plan/status/report.ts';
import { askStatus } from '../client.ts';
import { Failure } from '../failure.ts';
import { bold, columns, green, red, yellow } from '../output.ts';

const COLOUR: Record<InstanceState | PoolState, (text: string) => string> = {
  healthy: green,
  ok: green,
  starting: yellow,
  restarting: yellow,
  draining: yellow,
  stopping: yellow,
  degraded: yellow,
  asleep: green,
  stopped: yellow,
  unhealthy: red,
  'backing-off': red,
  down: red,
};

const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 100)}%`);

const HEAD = ['UNIT', 'STATE', 'PID', 'ENDPOINT', 'NGINX', 'CPU', 'CONN', 'RESTARTS', 'NOTE'];

const row = (i: InstanceStatus): string[] => [
  i.unit,
  COLOUR[i.state](i.state) + (i.stale ? ' (old)' : ''),
  i.pid > 0 ? String(i.pid) : '-',
  i.endpoint,
  i.published ? 'yes' : 'no',
  percent(i.cpu),
  i.connections === null ? '-' : String(i.connections),
  String(i.restarts),
  i.detail,
];

function heading(p: PoolStatus): string {
  const by = p.byHand ? ', by hand' : '';
  const counts = `${p.healthy} of ${p.desired} healthy (${p.min}..${p.max}${by})`;
  return `${bold(p.name)}  ${COLOUR[p.state](p.state)}  ${counts}  ${p.location ?? p.stream ?? 'no location'}`;
}

const indent = (text: string): string => text.replace(/^/gm, '  ');

function poolText(pool: PoolStatus): string {
  const problems = pool.problems.map(problem => `  ${red('!')} ${problem}`);
  const table = pool.instances.length > 0 ? [indent(columns([HEAD, ...pool.instances.map(row)]))] : [];
  return [heading(pool), ...problems, ...table].join('\n');
}

/** The status as text. */
function statusText(status: Status): string {
  const problems = status.problems.map(problem => `${red('!')} ${problem}`);
  const pools =
    status.pools.length > 0 ? status.pools.map(poolText) : ['no pools: add a pool file to /etc/cgipool'];
  return [...problems, ...pools].join('\n\n');
}

function only(status: Status, pool: string | undefined): Status {
  if (pool === undefined) return status;
  const pools = status.pools.filter(p => p.name === pool);
  if (pools.length > 0) return { ...status, pools };
  throw new Failure(
    noSuchPool(
      pool,
      status.pools.map(p => p.name),
    ),
  );
}

interface StatusOptions {
  json?: boolean;
  watch?: boolean;
}

async function show(pool: string | undefined, { json, watch }: StatusOptions): Promise<void> {
  const status = only(await askStatus(), pool);
  const clear = watch && process.stdout.isTTY ? '\u001b[H\u001b[2J' : '';
  console.log(clear + (json ? JSON.stringify(status, null, watch ? 0 : 2) : statusText(status)));
}

/** `cgipool status [POOL] [--json] [--watch]` */
export async function status(pool: string | undefined, options: StatusOptions): Promise<void> {
  await show(pool, options);
  while (options.watch) {
    await pause(1000);
    await show(pool, options);
  }
}
