/** An echo server in a process of its own; answers any IPC message with the number of messages it has answered. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";

let answered = 0;
const http = createServer();
new Server(http, { perMessageDeflate: false }).on("connection", (socket) => {
	socket.on("echo", (payload: string, ack: (payload: string) => void) => {
		answered += 1;
		ack(payload);
	});
});
http.listen(0, "127.0.0.1", () => process.send!(`http://127.0.0.1:${(http.address() as AddressInfo).port}`));
process.on("message", () => process.send!(answered));
process.on("disconnect", () => process.exit(0));
