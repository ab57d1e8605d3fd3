/** A node in its own process that reports its memory after garbage collection; run it with --expose-gc. */
import { startTestNode } from "./node.ts";

/** Memory in bytes after two collections, and the number of live sessions. */
export interface Memory {
	readonly heap: number;
	readonly rss: number;
	readonly sessions: number;
}

const node = await startTestNode();
process.on("message", () => {
	globalThis.gc?.();
	globalThis.gc?.();
	const { heapUsed, rss } = process.memoryUsage();
	process.send?.({ heap: heapUsed, rss, sessions: node.edge.health().sessions } satisfies Memory);
});
process.on("disconnect", () => process.exit(0));
process.send?.(node.url);
