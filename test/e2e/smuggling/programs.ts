import type { Machine } from '../../../tools/machine/machine.ts';
import { type Speaker, speakers } from './speakers.ts';
import { bringTls } from './tls.ts';

/** One connection is kept, so that a victim's request takes the attacker's. */
const kept = ({ pool, nginx = '' }: Speaker): string => `[Scale]
CPU=none
[Nginx]
Location=/${pool}
Keepalive=1
${nginx}`;

const httpPool = (speaker: Speaker): string => `[Pool]
Exec=${process.execPath} /srv/witness.mjs /srv/seen/${speaker.pool} ${speaker.exec}
Ports=${speaker.port}
${kept(speaker)}[Service]
ReadWritePaths=/srv/seen
SystemCallFilter=@setuid
`;

const fastcgiPool = (speaker: Speaker): string => `[Pool]
Exec=${speaker.exec}
Protocol=fastcgi
Listen=unix
Slots=1
${kept(speaker)}${speaker.script}`;

/** Tells which requests nginx passed on: the addresses that it dialled, and the target. */
const LOG = `log_format seen '$upstream_addr\\t$request_uri';
access_log /var/log/nginx/seen.log seen;
`;

/** Installs a pool for each, with a witness before it if it speaks HTTP, on an nginx of one process. */
export async function bringSpeakers(m: Machine): Promise<void> {
  await m.run(`umask 022; cp -r services /srv/; make -s -C /srv/services search
    cp test/e2e/programs/{witness,echo}.mjs /srv/; mkdir -p /srv/seen; chmod 1777 /srv/seen
    sed -i 's/^worker_processes.*/worker_processes 1;/' /etc/nginx/nginx.conf`);
  await m.write('/etc/nginx/conf.d/a-seen.conf', LOG);
  await bringTls(m);
  for (const speaker of speakers)
    await m.pool(speaker.pool, speaker.script ? fastcgiPool(speaker) : httpPool(speaker));
}
