/** A plain HTTP proxy that sends each request to the next node, whatever its session: a load balancer without stickiness. */
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export interface RoundRobin extends AsyncDisposable {
	readonly url: string;
}

/** Starts the proxy on a free port in front of `nodes`, which are base URLs of plain http. */
export async function startRoundRobin(nodes: readonly string[]): Promise<RoundRobin> {
	let turn = 0;
	const next = () => new URL(nodes[turn++ % nodes.length]!);
	const server = createServer((asked, answer) => {
		const { hostname, port } = next();
		const { method, url: path, headers } = asked;
		const forwarded = request({ hostname, port, method, path, headers }, (answered) => {
			answer.writeHead(answered.statusCode!, answered.headers);
			answered.pipe(answer);
		});
		forwarded.on("error", () => answer.destroy());
		asked.pipe(forwarded);
	});
	const tunnels = new Set<Duplex>();
	server.on("upgrade", (asked: IncomingMessage, client: Duplex, head: Buffer) => {
		const { hostname, port } = next();
		const node = connect(Number(port), hostname, () => {
			node.write(headOf(asked));
			node.write(head);
			client.pipe(node).pipe(client);
		});
		for (const [side, other] of [
			[client, node],
			[node, client],
		] as const) {
			tunnels.add(side);
			side.on("error", () => other.destroy());
			side.once("close", () => tunnels.delete(side));
		}
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async [Symbol.asyncDispose]() {
			for (const side of tunnels) side.destroy();
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function headOf(asked: IncomingMessage): string {
	const lines = [`${asked.method} ${asked.url} HTTP/1.1`];
	for (let i = 0; i < asked.rawHeaders.length; i += 2)
		lines.push(`${asked.rawHeaders[i]}: ${asked.rawHeaders[i + 1]}`);
	return `${lines.join("\r\n")}\r\n\r\n`;
}
