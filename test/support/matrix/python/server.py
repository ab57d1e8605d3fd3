"""python-socketio under uvicorn, with its default CORS check. Arguments as JSON: id, port (0 = any free one)."""
import json
import os
import socket
import sys
import threading

import socketio
import uvicorn

options = json.loads(sys.argv[1])
server = socketio.AsyncServer(async_mode="asgi")


@server.on("whoami")
async def whoami(sid, text):
    return f"{options['id']} {server.transport(sid)}"


@server.on("echo")
async def echo(sid, text):
    return text


@server.on("binary")
async def binary(sid, data):
    await server.emit("binary", data, to=sid)


def end_with_the_test():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_the_test, daemon=True).start()
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", options["port"]))
listener.listen(128)
print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
# Without access to the client's headers nothing here would know of the proxy: uvicorn's defaults stay on.
uvicorn.Server(uvicorn.Config(socketio.ASGIApp(server), log_level="error")).run(sockets=[listener])
