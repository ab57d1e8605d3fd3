/** Bodies without a Content-Length on the Engine.IO path: read under the pool's limit before a node is contacted. */
import type { ParsedRequest } from "../request/url.ts";

/** Whether the length of a POST's body is unknown until it is read. Engine.IO clients send a Content-Length. */
export function hasUnknownLength(parsed: ParsedRequest): boolean {
	return parsed.enginePath !== null && parsed.headers.contentLength === null;
}

/** Reads the whole body; null when there is none. "too long" when it exceeds `maxBytes`, or breaks off because the client has left. */
export async function readBody(request: Request, maxBytes: number): Promise<ArrayBuffer | null | "too long"> {
	if (request.body === null) return null;
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let bytes = 0;
	try {
		for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
			bytes += chunk.byteLength;
			if (bytes > maxBytes) return "too long";
			chunks.push(chunk);
		}
	} catch {
		return "too long";
	}
	return new Blob(chunks).arrayBuffer();
}
