"""A gRPC server (Debian package python3-grpcio), for grpc.pool. Its messages are bytes, so that it needs no .proto."""
import os
import signal
from concurrent import futures

import grpc


def say(message, context):
    """Tells what it was asked."""
    asked = dict(context.invocation_metadata())
    print('asked to say', message.decode(), flush=True)
    return f"grpc {os.environ['SLOT']}\nx-test: {asked.get('x-test', '')}\nbody: {message.decode()}\n".encode()


server = grpc.server(futures.ThreadPoolExecutor(4))
methods = {'Say': grpc.unary_unary_rpc_method_handler(say)}
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler('examples.Echo', methods)])
server.add_insecure_port(f"127.0.0.1:{os.environ['PORT']}")
server.start()
# takes no more calls, and ends with the last one, at the latest after so many seconds
signal.signal(signal.SIGTERM, lambda *_: server.stop(5))
server.wait_for_termination()
