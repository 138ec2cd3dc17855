import type { Host } from '../tools/machine/host.ts';

const SERVER = `require('http').createServer((request, response) => response.end(\`node \${process.pid}\\n\`)).listen(process.env.PORT, '127.0.0.1');\n`;

/** Programs of others, and what they serve, by path. */
const FILES: Record<string, string> = {
  '/srv/demo/files/files/index.html': 'a file\n',
  '/srv/demo/php/php/index.php': '<?php echo "php ", getmypid(), "\\n";\n',
  '/srv/demo/node/server.js': SERVER,
};

interface Own {
  name: string;
  exec: string;
  ports: string;
}

/** Programs that nobody here wrote; `node` is the path of Node.js there. */
const own = (node: string): Own[] => [
  {
    name: 'files',
    exec: '/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory /srv/demo/files %i',
    ports: '8200-8203',
  },
  { name: 'php', exec: '/usr/bin/php -S 127.0.0.1:%i -t /srv/demo/php', ports: '8300-8303' },
  { name: 'node', exec: `${node} /srv/demo/node/server.js`, ports: '8400-8403' },
];

/** Each needs Exec, Ports and Location. */
const poolFile = ({ name, exec, ports }: Own): string =>
  `[Pool]\nExec=${exec}\nPorts=${ports}\n\n[Nginx]\nLocation=/${name}\n`;

/** Writes three pools of programs that know nothing of cgipool, and the programs; their names. */
export async function writeOwnPools(host: Host): Promise<string[]> {
  for (const [path, text] of Object.entries(FILES)) await host.write(path, text);
  const pools = own(await host.run('command -v node'));
  for (const pool of pools) await host.pool(pool.name, poolFile(pool));
  return pools.map(({ name }) => name);
}
