/** A text that a node serves for its operators, such as its metrics. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { HEADERS } from "../../worker/contract.ts";

/** Gives the text and its media type. */
export type Answer = () => Promise<{ readonly type: string; readonly body: string }>;

/** Sends the answer; a request that the edge forwards for a client gets 404, as if there were nothing. */
export async function sendAnswer(
	request: IncomingMessage,
	response: ServerResponse,
	answer: Answer,
): Promise<void> {
	if (request.headers[HEADERS.clientIp] !== undefined) {
		response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
		return;
	}
	try {
		const { type, body } = await answer();
		response.writeHead(200, { "content-type": type, "cache-control": "no-store" });
		response.end(request.method === "HEAD" ? undefined : body);
	} catch {
		// An operator's question must not end the node.
		response.writeHead(500, { "content-type": "text/plain" }).end("This answer failed\n");
	}
}
