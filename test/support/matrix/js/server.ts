/**
 * A socket.io node for the matrix. Arguments as JSON: id, port (0 = any free one) and kind: `attached` by
 * attachEdge; `tagged` by its session ids alone; `unmodified`, as it comes from a Socket.IO tutorial.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { attachEdge } from "../../../../origin/node/attach.ts";
import { SID_LENGTH, tagOf } from "../../../../worker/contract.ts";

interface ServerOptions {
	readonly id: string;
	readonly port: number;
	readonly kind: "attached" | "tagged" | "unmodified";
}

const { id, port, kind } = JSON.parse(process.argv[2]!) as ServerOptions;
// A bare server, as in Socket.IO's own examples: it never answers a path outside /socket.io/.
const http = createServer();
const io = new Server(http, { allowEIO3: true });
if (kind === "attached") attachEdge(io, { node: id, servers: [http] });
if (kind === "tagged")
	io.engine.generateId = () => (tagOf(id) + randomBytes(15).toString("base64url")).slice(0, SID_LENGTH);
io.on("connection", (socket) => {
	socket.on("whoami", (_text, ack) => ack(`${id} ${socket.conn.transport.name}`));
	socket.on("echo", (text, ack) => ack(text));
	socket.on("binary", (bytes) => socket.emit("binary", bytes));
});
http.listen(port, "127.0.0.1", () => {
	console.log(JSON.stringify({ port: (http.address() as AddressInfo).port }));
});
// The test holds this process's stdin: it ends with the test, however that ends.
process.stdin.on("end", () => process.exit(0)).resume();
