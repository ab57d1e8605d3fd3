/** Routes of a node outside Engine.IO that fail, never end, or send more than anybody reads. */
import type { IncomingMessage, ServerResponse } from "node:http";

const DRIP_INTERVAL_MS = 1000;
const BIG_CHUNK_BYTES = 64 * 1024;
const BIG_BYTES = 8 * 1024 * 1024;

const ROUTES: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
	"/drop": (request) => request.socket.destroy(),
	"/exit": () => process.exit(1),
	"/silent": () => {},
	"/half": (_request, response) => {
		response.writeHead(200, { "content-length": 1000 });
		response.write("x".repeat(10), () => response.destroy());
	},
	"/drip": (_request, response) => {
		response.writeHead(200);
		response.write("x");
		const timer = setInterval(() => response.write("x"), DRIP_INTERVAL_MS);
		response.once("close", () => clearInterval(timer));
	},
	"/big": (_request, response) => {
		const chunk = Buffer.alloc(BIG_CHUNK_BYTES, "x");
		let left = BIG_BYTES;
		const send = () => {
			while (left > 0) {
				left -= chunk.length;
				if (!response.write(chunk)) return;
			}
			response.end();
		};
		response.on("drain", send);
		send();
	},
	"/upload": (request, response) => {
		request.resume();
		request.once("end", () => response.end("ok"));
	},
};

/** Answers the request, if its path begins with one of these routes. Returns whether it does. */
export function answerOddly(request: IncomingMessage, response: ServerResponse): boolean {
	const answer = ROUTES[/^\/[a-z]*/.exec(request.url ?? "")?.[0] ?? ""];
	answer?.(request, response);
	return answer !== undefined;
}
