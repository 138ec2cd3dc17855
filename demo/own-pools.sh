#!/bin/bash
# Pools of programs that nobody here wrote: each needs Exec, Ports and Location.
set -eu
mkdir -p /srv/demo/files /srv/demo/php/php /srv/demo/node
mkdir -p /srv/demo/files/files
echo "a file" >/srv/demo/files/files/index.html
echo "<?php echo \"php \", getmypid(), \"\\n\";" >/srv/demo/php/php/index.php
cat >/srv/demo/node/server.js <<'JS'
require('http').createServer((request, response) => response.end(`node ${process.pid}\n`)).listen(process.env.PORT, '127.0.0.1');
JS
pool() { # NAME EXEC PORTS LOCATION
  printf '[Pool]\nExec=%s\nPorts=%s\n\n[Nginx]\nLocation=%s\n' "$2" "$3" "$4" >"/etc/cgipool/$1.pool"
}
pool files '/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory /srv/demo/files %i' 8200-8203 /files
pool php '/usr/bin/php -S 127.0.0.1:%i -t /srv/demo/php' 8300-8303 /php
pool node "$(command -v node) /srv/demo/node/server.js" 8400-8403 /node
