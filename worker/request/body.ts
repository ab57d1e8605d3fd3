/** Bodies whose length nobody announced: read under the pool's limit before a node is troubled. */
import type { Asked } from "./classify.ts";

/** Whether only reading tells how long the body is. Engine.IO clients announce it. */
export function needsReading(request: Request, asked: Asked): boolean {
	return asked.engine !== null && asked.method === "POST" && !request.headers.has("content-length");
}

/** The request with its body in memory; null when that is longer than `limit` bytes or broke off. */
export async function readWithin(request: Request, limit: number): Promise<Request | null> {
	if (request.body === null) return request;
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let length = 0;
	try {
		for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
			length += chunk.byteLength;
			if (length > limit) return null;
			chunks.push(chunk);
		}
	} catch {
		return null;
	}
	return new Request(request, { body: await new Blob(chunks).arrayBuffer() });
}
