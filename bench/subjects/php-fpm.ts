import { mkdirSync, writeFileSync } from 'node:fs';
import { sh } from '../shell.ts';
import { putSite } from '../site.ts';
import type { Subject } from '../subject.ts';
import { folderOf } from './folder.ts';
import { masterOf } from './master.ts';

const [NAME, PORT] = ['php-fpm', 9008];
const folder = folderOf(NAME);
const program = `${folder}/worker.php`;

const APP = `<?php usleep(1000 * (int)($_GET['delay'] ?? 0)); header('Content-Type: application/json');
echo '{"pid": ', getmypid(), "}\\n";
`;

const text = (start: number, max: number, spare: string): string => `[global]
pid = ${folder}/pid
error_log = /dev/null
process_control_timeout = 10s
[bench]
user = www-data
group = www-data
listen = ${folder}/socket
listen.mode = 0666
pm = dynamic
pm.max_children = ${max}
pm.start_servers = ${start}
${spare}
`;

async function begin(config: string): Promise<void> {
  writeFileSync(`${folder}/fpm.conf`, config);
  await sh(`$(ls /usr/sbin/php-fpm* | tail -1) --daemonize --fpm-config ${folder}/fpm.conf`);
}

export const phpFpm: Subject = {
  name: NAME,
  about:
    'php-fpm, pm=dynamic, with a script that sleeps as long as the C worker does; all workers share one socket',
  url: `http://127.0.0.1:${PORT}/?delay=5`,
  not: {},
  ...masterOf(`php-fpm: master process (${folder}/fpm.conf)`, 'SIGUSR2'),
  async prepare() {
    mkdirSync(folder, { recursive: true });
    writeFileSync(program, APP);
  },
  layOut: () =>
    putSite({
      name: 'php_fpm',
      port: PORT,
      endpoints: [`unix:${folder}/socket`],
      pass: `include fastcgi_params; fastcgi_param SCRIPT_FILENAME ${program}; fastcgi_pass bench_php_fpm;`,
    }),
  async start(count) {
    await begin(text(count, count, `pm.min_spare_servers = ${count}\npm.max_spare_servers = ${count}`));
  },
  async startElastic(min, max) {
    await begin(text(min, max, 'pm.min_spare_servers = 1\npm.max_spare_servers = 2'));
  },
};
