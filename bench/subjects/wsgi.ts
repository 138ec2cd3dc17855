/** A WSGI program in Python that sleeps and answers like bench/worker.c. */
export const WSGI = `import os, re, time
def application(environ, start_response):
    found = re.search(r'delay=(\\d+)', environ['QUERY_STRING'])
    time.sleep(int(found.group(1)) / 1000 if found else 0)
    start_response('200 OK', [('Content-Type', 'application/json')])
    return [b'{"pid": %d}\\n' % os.getpid()]
`;
