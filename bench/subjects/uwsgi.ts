import { mkdirSync, writeFileSync } from 'node:fs';
import { sh } from '../shell.ts';
import { putSite } from '../site.ts';
import type { Subject } from '../subject.ts';
import { folderOf } from './folder.ts';
import { masterOf } from './master.ts';
import { WSGI } from './wsgi.ts';

const [NAME, PORT] = ['uwsgi', 9007];
const program = `${folderOf(NAME)}/app.py`;
const socket = `${folderOf(NAME)}/socket`;

const OPTIONS = `--plugin python3 --wsgi-file ${program} --socket ${socket} --chmod-socket=666 --master --need-app \
--disable-logging --harakiri 2 --listen 1024 --die-on-term --daemonize /dev/null`;

const begin = (more: string): Promise<string> => sh(`uwsgi ${OPTIONS} ${more}`);

export const uwsgi: Subject = {
  name: NAME,
  about:
    'uWSGI with a Python program that sleeps as long as the C worker does, harakiri after 2 s; all workers share one socket',
  url: `http://127.0.0.1:${PORT}/?delay=5`,
  not: {},
  ...masterOf(`--wsgi-file ${program}`, 'SIGHUP'),
  heals: 6000,
  async prepare() {
    mkdirSync(folderOf(NAME), { recursive: true });
    writeFileSync(program, WSGI);
  },
  layOut: () =>
    putSite({
      name: NAME,
      port: PORT,
      endpoints: [`unix:${socket}`],
      pass: `include uwsgi_params; uwsgi_pass bench_${NAME};`,
    }),
  async start(count) {
    await begin(`--processes ${count}`);
  },
  async startElastic(min, max) {
    await begin(`--processes ${max} --cheaper ${min} --cheaper-initial ${min} --cheaper-step 1`);
  },
};
