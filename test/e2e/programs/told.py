"""A WSGI program whose answer is the headers that it was told, as JSON; `?redirect=PATH` sends nginx elsewhere."""
import json
from urllib.parse import parse_qs


def application(environ, start_response):
    headers = [('Content-Type', 'application/json')]
    for path in parse_qs(environ['QUERY_STRING']).get('redirect', []):
        headers.append(('X-Accel-Redirect', path))
    start_response('200 OK', headers)
    told = {key[5:].replace('_', '-').lower(): value for key, value in environ.items() if key.startswith('HTTP_')}
    return [json.dumps(told).encode()]
