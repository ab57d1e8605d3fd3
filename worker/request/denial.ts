/** Why a request is refused before any node is troubled. */

/** The reasons, as they are counted and logged. */
export const DENIALS = [
	"duplicate",
	"method",
	"eio",
	"transport",
	"no_upgrade",
	"unwanted_upgrade",
	"websocket_version",
	"origin",
	"body",
	"rate",
] as const;
export type DenialReason = (typeof DENIALS)[number];

export interface Denial {
	readonly reason: DenialReason;
	/** Engine.IO's code in the answer; null = the edge's own. */
	readonly code: 0 | 1 | 2 | 3 | 4 | 5 | null;
	readonly response: Response;
}
