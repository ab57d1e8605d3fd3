/** A socket.io-client of any release. Arguments as JSON: module, the folder of the release. */
import { createRequire } from "node:module";
import type { io as Io, Socket } from "socket.io-client";
import { type Line, serve } from "./lines.ts";

const { module } = JSON.parse(process.argv[2]!) as { module: string };
// Socket.IO 2 exports the function itself.
const loaded = createRequire(import.meta.url)(module);
const connect: typeof Io = loaded.io ?? loaded;
const sockets = new Map<number, Socket>();

serve((command, print) => {
	const { session } = command;
	const socket = sockets.get(session);
	if (command.do === "connect") sockets.set(session, open(session, command.url, command.transports, print));
	else if (command.do === "ask")
		socket?.emit(command.event, command.text, (text: string) => print({ session, on: "ack", text }));
	else if (command.do === "binary") socket?.emit("binary", Buffer.from(command.bytes, "base64"));
	else socket?.disconnect();
});

function open(session: number, url: string, transports: string[], print: (line: Line) => void): Socket {
	const socket = connect(url, { transports, forceNew: true });
	socket.on("connect", () => print({ session, on: "connect" }));
	// Socket.IO 2 gives its reason as the description of an error that is called "xhr poll error".
	socket.on("connect_error", (error: Error & { description?: unknown }) =>
		print({ session, on: "error", text: `${error.message} ${error.description ?? ""}` }),
	);
	socket.on("disconnect", (reason) => print({ session, on: "disconnect", text: reason }));
	socket.on("binary", (bytes: Buffer) => print({ session, on: "binary", bytes: bytes.toString("base64") }));
	return socket;
}
