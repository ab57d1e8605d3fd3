/** Two Socket.IO nodes behind a balancer that is sticky by cookie alone, as AWS's or HAProxy's `cookie insert`. */
import { createServer, type Server as HttpServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Server } from "socket.io";

export interface CookieBalancer extends AsyncDisposable {
	readonly url: string;
	/** The `Cookie` headers of all requests. */
	readonly cookies: string[];
}

/** Starts the nodes and the balancer on free ports of 127.0.0.1. A request without the cookie goes to the nodes in turn. */
export async function startCookieBalancer(): Promise<CookieBalancer> {
	const nodes = [await startNode(), await startNode()];
	const cookies: string[] = [];
	let turn = 0;
	const nodeFor = ({ headers }: IncomingMessage): { number: number; isNew: boolean } => {
		const { cookie = "" } = headers;
		cookies.push(cookie);
		const number = /\bsrv=(\d)/.exec(cookie)?.[1];
		if (number !== undefined) return { number: Number(number), isNew: false };
		turn += 1;
		return { number: turn % nodes.length, isNew: true };
	};
	const balancer = createServer((asked, answer) => {
		const { number, isNew } = nodeFor(asked);
		const { url: path, method, headers } = asked;
		const onward = request({ port: nodes[number]!.port, host: "127.0.0.1", path, method, headers }, (got) => {
			const added = isNew ? { "set-cookie": `srv=${number}; Path=/; HttpOnly` } : {};
			answer.writeHead(got.statusCode!, { ...got.headers, ...added });
			got.pipe(answer);
		});
		onward.on("error", () => answer.destroy());
		asked.pipe(onward);
	});
	balancer.on("upgrade", (asked, socket, head) => {
		const { number, isNew } = nodeFor(asked);
		const onward = connect(nodes[number]!.port, "127.0.0.1", () => {
			const lines = asked.rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join("");
			onward.write(`GET ${asked.url} HTTP/1.1\r\n${lines}\r\n`);
			onward.write(head);
			socket.pipe(onward);
		});
		onward.once("data", (answer: Buffer) => {
			const cookie = isNew ? `\r\nSet-Cookie: srv=${number}; Path=/; HttpOnly\r\n` : "\r\n";
			socket.write(answer.toString("latin1").replace("\r\n", cookie), "latin1");
			onward.pipe(socket);
		});
		for (const end of [onward, socket]) end.on("error", () => end.destroy());
		socket.on("close", () => onward.destroy());
		onward.on("close", () => socket.destroy());
	});
	const port = await listening(balancer);
	return {
		url: `http://127.0.0.1:${port}`,
		cookies,
		async [Symbol.asyncDispose]() {
			for (const { io } of nodes) await io.close();
			balancer.closeAllConnections();
			await new Promise((resolve) => balancer.close(resolve));
		},
	};
}

async function startNode(): Promise<{ io: Server; port: number }> {
	const http = createServer();
	const io = new Server(http);
	io.on("connection", (socket) => {
		socket.on("echo", (payload: unknown, ack: (payload: unknown) => void) => ack(payload));
	});
	return { io, port: await listening(http) };
}

async function listening(server: HttpServer): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return (server.address() as AddressInfo).port;
}
