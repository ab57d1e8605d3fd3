/** One request as it arrived: read once, then handed from step to step. */
import type { Edge } from "./edge.ts";
import type { Env } from "./env.ts";
import type { Carried } from "./request/carried.ts";
import type { Asked } from "./request/classify.ts";

export interface Arrival {
	readonly request: Request;
	readonly carried: Carried;
	readonly asked: Asked;
	readonly edge: Edge;
	readonly env: Env;
	readonly ctx: ExecutionContext;
	/** Epoch ms. */
	readonly startedAt: number;
}
