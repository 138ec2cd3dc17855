"""A gRPC server that answers with its metadata as JSON; a message is sent back as the path of X-Accel-Redirect."""
import json
import os
import signal
from concurrent import futures

import grpc


def say(message, context):
    if message:
        context.send_initial_metadata((('x-accel-redirect', message.decode()),))
    return json.dumps(dict(context.invocation_metadata())).encode()


server = grpc.server(futures.ThreadPoolExecutor(4))
methods = {'Say': grpc.unary_unary_rpc_method_handler(say)}
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler('told.Echo', methods)])
server.add_insecure_port(f"127.0.0.1:{os.environ['PORT']}")
server.start()
signal.signal(signal.SIGTERM, lambda *_: server.stop(5))
server.wait_for_termination()
