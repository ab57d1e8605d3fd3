"""python-socketio's client over requests and websocket-client. Commands and events as in ../js/lines.ts."""
import base64
import json
import os
import sys
import threading

import requests
import socketio

printing = threading.Lock()
clients = {}


def write(line):
    with printing:
        print(json.dumps(line), flush=True)


def connect(session, url, transports):
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

    try:
        # The default of 1 s is less than a JVM needs for its first answer.
        client.connect(url, transports=transports, wait_timeout=20, retry=True)
    except socketio.exceptions.ConnectionError as error:
        write({"session": session, "on": "error", "text": str(error)})


def handle(command):
    session = command["session"]
    if command["do"] == "connect":
        connect(session, command["url"], command["transports"])
    elif command["do"] == "ask":
        ack = lambda text: write({"session": session, "on": "ack", "text": text})
        clients[session].emit(command["event"], command["text"], callback=ack)
    elif command["do"] == "binary":
        clients[session].emit("binary", base64.b64decode(command["bytes"]))
    else:
        clients[session].shutdown()


for line in sys.stdin:
    # connect() blocks until the session is open.
    threading.Thread(target=handle, args=(json.loads(line),), daemon=True).start()
