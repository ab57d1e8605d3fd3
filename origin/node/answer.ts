/** Texts that a node serves to its operators, such as its metrics. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { HEADERS } from "../../worker/contract.ts";

/** Produces the text and its media type. */
export type Answer = () => Promise<{ readonly type: string; readonly body: string }>;

/** Sends the answer. A request that the edge forwarded for a client gets 404: the text is not public. */
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
		// A failing metric must not end the node.
		response.writeHead(500, { "content-type": "text/plain" }).end("Internal error\n");
	}
}
