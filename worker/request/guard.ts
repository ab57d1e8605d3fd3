/** What is refused before any node is troubled. Engine.IO requests only: static client bundles are exempt. */

import { engineError } from "../answers.ts";
import type { Edge } from "../edge.ts";
import type { Pool } from "../pool.ts";
import type { Asked } from "./classify.ts";

/** The refusal, with CORS and in Engine.IO's own shape; null = let it pass. */
export function guard(request: Request, asked: Asked, _pool: Pool, _edge: Edge): Response | null {
	if (asked.engine === null) return null;
	if (asked.duplicate !== null)
		return engineError(
			3,
			request.headers.get("origin"),
			`Bad request: ${asked.duplicate} stands twice in the query`,
		);
	return null;
}
