/** A program that keeps connections open; it tells which request it answers. */
export interface Speaker {
  pool: string;
  port: number;
  /** Its command; SOCKET stands for where it is to listen. */
  exec: string;
  /** The method that it serves with a body. */
  method: 'GET' | 'POST';
  /** The parameter that it repeats. */
  parameter: string;
  /** Finds the word that it repeats in what it says of its own request, never in a body. */
  told: RegExp;
  /** Speaks FastCGI, and logs which requests it got; a line of [Nginx] names its script. */
  script?: string;
  /** Lines of [Nginx]. */
  nginx?: string;
}

const NODE = process.execPath;
/** As the examples tell it: method and path, and where they know it what follows the script. */
const OF_EXAMPLES = /^[A-Z]+ \S*(?: \+ \S*)? \? \S*?((?:smuggled|victim)-\d+)/gm;

/** fastcgi of services/examples serves one connection at a time: a kept one would hold it. */
const PROGRAMS: readonly Omit<Speaker, 'port'>[] = [
  {
    ...{ pool: 'search', exec: '/srv/services/search SOCKET', method: 'GET', parameter: 'q' },
    told: /"query": *"((?:smuggled|victim)-\d+)/g,
  },
  {
    ...{ pool: 'auth', exec: '/srv/services/auth.py SOCKET', method: 'GET', parameter: 'user' },
    told: /"user": *"((?:smuggled|victim)-\d+)/g,
  },
  {
    ...{ pool: 'node', exec: `${NODE} /srv/services/examples/node.mjs`, method: 'POST', parameter: 'q' },
    told: OF_EXAMPLES,
  },
  {
    ...{ pool: 'gunicorn', method: 'POST', parameter: 'q', told: OF_EXAMPLES },
    exec: '/usr/bin/gunicorn --chdir /srv/services/examples --bind unix:SOCKET -k gthread --threads 4 --keep-alive 60 wsgi',
  },
  {
    ...{ pool: 'echo', exec: `${NODE} /srv/echo.mjs`, method: 'POST', parameter: 'q' },
    told: /"url":"[^"]*q=((?:smuggled|victim)-\d+)/g,
  },
  {
    ...{ pool: 'php', method: 'POST', parameter: 'q', told: OF_EXAMPLES },
    exec: '/usr/sbin/php-fpm8.2 --nodaemonize --force-stderr --fpm-config /srv/services/examples/php-fpm.conf',
    script: 'Script=/srv/services/examples/index.php\nSet=fastcgi_param APP_ENV production\n',
  },
];

/** nginx passes on a body as it comes, in chunks that it writes anew. */
const UNBUFFERED = 'RequestBuffering=no\n';

/** Each program with bodies that nginx has whole, and with bodies that it passes on as they come. */
export const speakers: readonly Speaker[] = PROGRAMS.flatMap((program, i) => [
  { ...program, port: 8700 + 2 * i },
  { ...program, pool: `${program.pool}-live`, port: 8701 + 2 * i, nginx: UNBUFFERED },
]);
