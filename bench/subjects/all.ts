import type { Subject } from '../subject.ts';
import { cgipool, swift } from './cgipool.ts';
import { passenger } from './passenger.ts';
import { phpFpm } from './php-fpm.ts';
import { pm2Cluster, pm2Fork } from './pm2.ts';
import { poc } from './poc.ts';
import { supervisord } from './supervisord.ts';
import { systemd, tuned } from './systemd.ts';
import { uwsgi } from './uwsgi.ts';

/** cgipool first: some of the others copy its unit. */
export const SUBJECTS: readonly Subject[] = [
  cgipool,
  swift,
  tuned,
  systemd,
  poc,
  pm2Fork,
  pm2Cluster,
  supervisord,
  uwsgi,
  phpFpm,
  passenger,
];
