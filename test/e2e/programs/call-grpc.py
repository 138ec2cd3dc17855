"""Calls told-grpc.py through nginx: call-grpc.py MESSAGE NAME=VALUE... prints its answer, or the code of the failure."""
import sys

import grpc

message, *pairs = sys.argv[1:]
trusted = grpc.ssl_channel_credentials(open('/etc/ssl/told.pem', 'rb').read())
with grpc.secure_channel('localhost:443', trusted) as channel:
    say = channel.unary_unary('/told.Echo/Say')
    try:
        metadata = [tuple(pair.split('=', 1)) for pair in pairs]
        print(say(message.encode(), metadata=metadata, timeout=10).decode())
    except grpc.RpcError as error:
        print(error.code().name)
