"""A WSGI program whose answer is what it was asked with; a path may ask for another one."""
import json
import time


def application(environ, start_response):
    path = environ.get('PATH_INFO') or environ.get('SCRIPT_NAME', '')
    name, _, more = path[1:].partition('/')
    if name == 'hang':
        time.sleep(60)
    if name == 'raise':
        raise RuntimeError('as asked')
    start_response(f'{more} As asked' if name == 'status' else '200 OK', [('Content-Type', 'application/json')])
    if name == 'size':
        return [b'x' * int(more)]
    return [json.dumps({key: value for key, value in environ.items() if isinstance(value, str)}).encode()]
