/** The echo server that `calibrate` drives: a process of its own that ends with its parent. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { perMessageDeflate: false });
io.on("connection", (socket) => {
	socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
});
http.listen(0, "127.0.0.1", () => {
	process.send?.(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
});
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
