// The worker for PM2's cluster mode, which runs Node programs only. Answers like bench/worker.c: its pid after a delay.
const http = require('node:http');

const server = http.createServer((request, answer) => {
  const ms = Number(/delay=(\d+)/.exec(request.url)?.[1] ?? 0);
  setTimeout(() => {
    answer.setHeader('connection', 'close');
    answer.end(`${JSON.stringify({ pid: process.pid }).replace(':', ': ')}\n`);
  }, ms);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGINT', () => server.close(() => process.exit(0)));
