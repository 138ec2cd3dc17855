import type { Machine } from '../../tools/machine/machine.ts';

/** A worker that dies of SIGTERM at once: only a drain saves its requests. */
const RUDE = `#!/usr/bin/python3
import http.server, sys, time
def routed():
    try: return '/rude' in open('/etc/nginx/cgipool/locations.conf').read()
    except FileNotFoundError: return False
class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if 'slow' in self.path:
            open('/run/rude/busy', 'w').close()
            while routed(): time.sleep(0.02)
            time.sleep(2)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'whole')
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Slow).serve_forever()
`;
export const RUDE_POOL = `[Pool]
Exec=/srv/rude %i
Ports=8400-8409
[Nginx]
Location=/rude
[Service]
User=nobody
DynamicUser=no
PrivateUsers=no
RuntimeDirectory=rude
RuntimeDirectoryPreserve=yes
`;

/** A pool of such workers, to be installed. */
export async function addRude(m: Machine): Promise<void> {
  await m.write('/srv/rude', RUDE);
  await m.run('chmod 755 /srv/rude');
  await m.pool('rude', RUDE_POOL);
}

/**
 * Sends a request that lasts until two seconds after the pool is unpublished; returns once a worker has accepted it.
 */
export async function askSlowly(m: Machine): Promise<void> {
  await m.run(`rm -f /run/rude/busy /srv/answer
    (curl -s -w ' %{http_code}' localhost/rude?slow >/srv/answer 2>&1 &)`);
  await m.await('ls /run/rude/busy');
}

/** Its body and status. */
export const slowAnswer = (m: Machine): Promise<string> => m.await('grep . /srv/answer');
