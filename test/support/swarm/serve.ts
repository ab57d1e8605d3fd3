/** A Socket.IO server with `echo` in this process, with any options and on any address. */
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions } from "socket.io";

export interface Served extends AsyncDisposable {
	readonly port: number;
	readonly io: Server;
}

/** Starts it on a free port. */
export async function serve(
	options: Partial<ServerOptions> = {},
	host = "127.0.0.1",
	http: HttpServer = createServer(),
): Promise<Served> {
	const io = new Server(http, options);
	io.on("connection", (socket) => {
		socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
	});
	await new Promise<void>((resolve) => http.listen(0, host, resolve));
	return {
		port: (http.address() as AddressInfo).port,
		io,
		async [Symbol.asyncDispose]() {
			await io.close();
		},
	};
}
