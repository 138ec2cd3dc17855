"""A WSGI application, for uwsgi.pool and gunicorn.pool."""
import os


def application(environ, start_response):
    """Tells what it was asked."""
    url = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} ? {environ['QUERY_STRING']}"
    print('asked for', environ['PATH_INFO'], file=environ['wsgi.errors'], flush=True)
    body = environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 0)).decode()
    answer = f"wsgi {os.environ['SLOT']}\n{url}\nx-test: {environ.get('HTTP_X_TEST', '')}\nbody: {body}\n"
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [answer.encode()]
