/** The options of `attachEdge`, validated once: after that nothing is optional. */
import type { Server } from "socket.io";
import { DEFAULT_HEALTH_PATH, NODE_ID, TAG, tagOf } from "../../worker/contract.ts";
import { readSecrets } from "./auth.ts";
import { DEFAULT_DRAIN, type DrainPlan } from "./drain.ts";
import type { WebServer } from "./intercept.ts";

/** Options of `attachEdge`. */
export interface AttachOptions {
	/** The node's id in the edge's configuration. */
	readonly node: string;
	/** @default the tag computed from the id */
	readonly tag?: string | undefined;
	/** All servers of node:http or node:https that `io` is attached to. @default the last one */
	readonly servers?: readonly WebServer[] | undefined;
	/** @default "/healthz" */
	readonly healthPath?: string | undefined;
	/** Maximum number of sessions; further handshakes are refused as "full". 0 = no limit. @default 0 */
	readonly limit?: number | undefined;
	/** Secrets that the edge may send (two during a rotation). If any is set, only the edge is served. @default none */
	readonly secrets?: readonly string[] | undefined;
	/** Returns additional fields for the `/healthz` answer; called for each answer. @default none */
	readonly report?: (() => Readonly<Record<string, unknown>>) | undefined;
	/** @default wait 8 s, close 200 sessions per second, drop the rest after 10 s */
	readonly drain?: Partial<DrainPlan> | undefined;
}

/** The options, resolved. */
export interface AttachPlan {
	readonly node: string;
	readonly tag: string;
	readonly servers: readonly WebServer[];
	readonly healthPath: string;
	readonly limit: number;
	readonly secrets: readonly string[];
	readonly report: () => Readonly<Record<string, unknown>>;
	readonly drain: DrainPlan;
}

/** Resolves the options. Throws a TypeError that names the option, its value and the fix. */
export function resolveOptions(io: Server, options: AttachOptions): AttachPlan {
	const { node, tag = tagOf(String(node)), servers = [io.httpServer] } = options;
	const { healthPath = DEFAULT_HEALTH_PATH, limit = 0, report = () => ({}) } = options;
	if (typeof node !== "string" || !NODE_ID.test(node))
		throw invalid(
			`node ${JSON.stringify(node)} is not a valid node id; use 1 to 64 letters, digits, dots, dashes or underscores, starting with a letter or digit`,
		);
	if (!TAG.test(tag))
		throw invalid(
			`tag ${JSON.stringify(tag)} must be three characters of A-Z a-z 0-9 - _; correct it or leave it out`,
		);
	if (!healthPath.startsWith("/"))
		throw invalid(`healthPath ${JSON.stringify(healthPath)} must start with a slash`);
	if (!Number.isSafeInteger(limit) || limit < 0)
		throw invalid(`limit ${limit} must be a whole number, 0 or more (0 = no limit)`);
	const secrets = readSecrets((options.secrets ?? []).join(","));
	if (typeof secrets === "string") throw invalid(`secrets: ${secrets}`);
	if (io.engine === undefined || servers.length === 0 || servers.some((server) => server === undefined))
		throw invalid(
			"io has no HTTP server yet; call attachEdge after new Server(httpServer) or io.attach(httpServer)",
		);
	return {
		node,
		tag,
		servers: servers as readonly WebServer[],
		healthPath,
		limit,
		secrets,
		report,
		drain: resolveDrain(options.drain),
	};
}

function resolveDrain(given: Partial<DrainPlan> = {}): DrainPlan {
	const drain = { ...DEFAULT_DRAIN, ...given };
	for (const field of ["wait", "deadline"] as const)
		if (!(drain[field] >= 0)) throw invalid(`drain.${field} ${drain[field]} must be 0 or more milliseconds`);
	if (!(drain.rate > 0)) throw invalid(`drain.rate ${drain.rate} must be more than 0 sessions per second`);
	return drain;
}

function invalid(message: string): TypeError {
	return new TypeError(`attachEdge: ${message}`);
}
