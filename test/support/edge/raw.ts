/** Bytes on the wire: requests that no HTTP client would send, and a node that shows what reaches it. */

import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { connect } from "node:tls";

/** The head of an answer that a raw request got, and its body. */
export interface RawAnswer {
	readonly status: number;
	/** Status line and headers. */
	readonly head: string;
	readonly body: string;
}

const HEAD_END = "\r\n\r\n";
/** Milliseconds of silence. An upgrade that no node answers may take longer than a request. */
const LIMITS_MS = { answer: 10_000, head: 20_000 };

/**
 * Writes `bytes` (latin1) to the edge over TLS, and reads until the edge has sent one whole answer, or its head, or
 * closes the connection. The status is 0 if it closes without a head.
 */
export function rawRequest(
	https: string,
	bytes: string,
	until: "head" | "answer" = "answer",
): Promise<RawAnswer> {
	const { hostname, port } = new URL(https);
	return new Promise((resolve, reject) => {
		let text = "";
		const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () =>
			socket.write(bytes, "latin1"),
		);
		const finish = () => {
			socket.destroy();
			const [head = "", ...body] = text.split(HEAD_END);
			resolve({
				status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
				head,
				body: body.join(HEAD_END),
			});
		};
		socket.setEncoding("latin1");
		socket.on("data", (chunk: string) => {
			text += chunk;
			if (until === "head" ? text.includes(HEAD_END) : isComplete(text)) finish();
		});
		socket.on("close", finish);
		socket.on("error", reject);
		socket.setTimeout(LIMITS_MS[until], () =>
			socket.destroy(new Error(`no answer to ${bytes.slice(0, 100)}`)),
		);
	});
}

/** The status of the answer to these bytes, as soon as its head has arrived. */
export async function statusOfRaw(https: string, bytes: string): Promise<number> {
	return (await rawRequest(https, bytes, "head")).status;
}

function isComplete(text: string): boolean {
	const end = text.indexOf(HEAD_END);
	if (end < 0) return false;
	if (/^HTTP\/1\.[01] 101/.test(text)) return true;
	const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1];
	return length !== undefined && text.length >= end + 4 + Number(length);
}

/** A node that records the head of each request outside its health path, and answers with `answer`. */
export interface RawNode extends AsyncDisposable {
	readonly url: string;
	/** The heads of the requests so far: request line and headers, as they arrived (latin1). */
	readonly heads: readonly string[];
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

export async function startRawNode(answer: () => string = () => OK): Promise<RawNode> {
	const heads: string[] = [];
	const server: Server = createServer((socket) => {
		let text = "";
		socket.setEncoding("latin1");
		socket.on("error", () => {});
		socket.on("data", (chunk: string) => {
			text += chunk;
			const end = text.indexOf(HEAD_END);
			if (end < 0) return;
			if (!/^\S+ (\/healthz|\S*transport=none)/.test(text)) heads.push(text.slice(0, end));
			text = "";
			socket.end(answer());
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		heads,
		[Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
	};
}
