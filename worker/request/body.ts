/** Bodies whose length nobody announced: read under the pool's limit before a node is troubled. */
import type { Carried } from "./carried.ts";
import type { Asked } from "./classify.ts";

/** Whether only reading tells how long the body is. Engine.IO clients announce it. */
export function needsReading(asked: Asked, carried: Pick<Carried, "contentLength">): boolean {
	return asked.engine !== null && asked.method === "POST" && carried.contentLength === null;
}

/** The request's body in memory, null when it has none; "too long" when it is above `limit` bytes or broke off. */
export async function bodyWithin(request: Request, limit: number): Promise<ArrayBuffer | null | "too long"> {
	if (request.body === null) return null;
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let length = 0;
	try {
		for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
			length += chunk.byteLength;
			if (length > limit) return "too long";
			chunks.push(chunk);
		}
	} catch {
		return "too long";
	}
	return new Blob(chunks).arrayBuffer();
}
