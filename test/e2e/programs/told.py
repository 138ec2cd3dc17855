"""A WSGI program that answers with its request headers as JSON; `?redirect=PATH` adds X-Accel-Redirect with that path."""
import json
from urllib.parse import parse_qs


def application(environ, start_response):
    headers = [('Content-Type', 'application/json')]
    for path in parse_qs(environ['QUERY_STRING']).get('redirect', []):
        headers.append(('X-Accel-Redirect', path))
    start_response('200 OK', headers)
    told = {key[5:].replace('_', '-').lower(): value for key, value in environ.items() if key.startswith('HTTP_')}
    return [json.dumps(told).encode()]
