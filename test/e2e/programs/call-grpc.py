"""Calls told-grpc.py through nginx: call-grpc.py MESSAGE NAME=VALUE... prints the answer, or the error code."""
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
