"""python-socketio's client over requests and websocket-client. Commands and events as in ../js/lines.ts."""
import base64
import json
import os
import sys
import threading
import time

import requests
import socketio

printing = threading.Lock()
clients = {}
closed = set()


def write(line):
    with printing:
        print(json.dumps(line), flush=True)


def new_client(session):
    http = requests.Session()
    http.trust_env = False
    http.verify = os.environ["SSL_CERT_FILE"]
    client = clients[session] = socketio.Client(http_session=http)
    client.on("connect", lambda: write({"session": session, "on": "connect"}))
    client.on("connect_error", lambda data: write({"session": session, "on": "error", "text": str(data)}))
    client.on("disconnect", lambda reason: write({"session": session, "on": "disconnect", "text": reason}))

    @client.on("binary")
    def binary(data):
        write({"session": session, "on": "binary", "bytes": base64.b64encode(data).decode()})

    return client


def connect(session, client, url, transports):
    """Blocks until the session is open."""
    try:
        # The default of 1 s is less than a JVM needs for its first answer.
        client.connect(url, transports=transports, wait_timeout=20, retry=True)
    except socketio.exceptions.ConnectionError as error:
        write({"session": session, "on": "error", "text": str(error)})


def keep_connected(session, url, transports):
    """Takes a new client whenever the last one has not been connected for 5 s: its methods may block for longer."""
    while session not in closed:
        client = new_client(session)
        in_thread(connect, session, client, url, transports)
        limit = time.monotonic() + 5
        while session not in closed and time.monotonic() < limit:
            time.sleep(0.2)
            if client.connected:
                limit = time.monotonic() + 5
        in_thread(client.shutdown)


def in_thread(run, *args):
    threading.Thread(target=run, args=args, daemon=True).start()


def handle(command):
    session = command["session"]
    if command["do"] == "connect":
        if command.get("reopens"):
            keep_connected(session, command["url"], command["transports"])
        else:
            connect(session, new_client(session), command["url"], command["transports"])
    elif command["do"] == "ask":
        ack = lambda text: write({"session": session, "on": "ack", "text": text})
        clients[session].emit(command["event"], command["text"], callback=ack)
    elif command["do"] == "binary":
        clients[session].emit("binary", base64.b64decode(command["bytes"]))
    else:
        closed.add(session)
        clients[session].shutdown()


for line in sys.stdin:
    in_thread(handle, json.loads(line))
