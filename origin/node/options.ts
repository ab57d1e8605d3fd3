/** What an application says of its node, checked once: inside, nothing is optional. */
import type { Server } from "socket.io";
import { DEFAULT_HEALTH_PATH, NODE_ID, TAG, tagOf } from "../../worker/contract.ts";
import { readSecrets } from "./auth.ts";
import { DRAIN_PLAN, type DrainPlan } from "./drain.ts";
import type { WebServer } from "./intercept.ts";

/** Options of `attachEdge`. */
export interface AttachOptions {
	/** The node's id, as the edge's config names it. */
	readonly node: string;
	/** @default the fixed hash of the id */
	readonly tag?: string | undefined;
	/** Every server of node:http or node:https that `io` is attached to. @default the last one */
	readonly servers?: readonly WebServer[] | undefined;
	/** @default "/healthz" */
	readonly healthPath?: string | undefined;
	/** The most sessions; the next handshake is refused as "full". 0 = no cap. @default 0 */
	readonly limit?: number | undefined;
	/** Secrets the edge may send (two while they are rotated). With any set, only the edge is served. @default none */
	readonly secrets?: readonly string[] | undefined;
	/** Further fields of the `/healthz` answer, read at each. @default none */
	readonly report?: (() => Readonly<Record<string, unknown>>) | undefined;
	/** @default 8 s wait, 200 sessions a second, 10 s for stragglers */
	readonly drain?: Partial<DrainPlan> | undefined;
}

/** The same, resolved. */
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

/** Resolves the options. Throws a TypeError that names the option, its value and the cure. */
export function resolveOptions(io: Server, options: AttachOptions): AttachPlan {
	const { node, tag = tagOf(String(node)), servers = [io.httpServer] } = options;
	const { healthPath = DEFAULT_HEALTH_PATH, limit = 0, secrets = [], report = () => ({}) } = options;
	require(typeof node === "string" &&
		NODE_ID.test(
			node,
		), `node ${JSON.stringify(node)} is no node id: give 1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit`);
	require(TAG.test(
		tag,
	), `tag ${JSON.stringify(tag)} is not three characters of A-Z a-z 0-9 - _: give such, or leave it out`);
	require(healthPath.startsWith("/"), `healthPath ${JSON.stringify(healthPath)} must begin with a slash`);
	require(Number.isSafeInteger(limit) &&
		limit >= 0, `limit ${limit} is not a whole number of 0 or more (0 = no cap)`);
	const read = readSecrets(secrets.join(","));
	require(typeof read !== "string", `secrets: ${String(read)}`);
	require(io.engine !== undefined &&
		servers.length > 0 &&
		servers.every(
			(server) => server !== undefined,
		), "io has no HTTP server yet: call it after new Server(httpServer) or io.attach(httpServer)");
	return {
		node,
		tag,
		servers: servers as readonly WebServer[],
		healthPath,
		limit,
		secrets: read as string[],
		report,
		drain: resolveDrain(options),
	};
}

function resolveDrain({ drain = {} }: AttachOptions): DrainPlan {
	const plan = { ...DRAIN_PLAN, ...drain };
	require(plan.wait >= 0, `drain.wait ${plan.wait} is not 0 or more milliseconds`);
	require(plan.rate > 0, `drain.rate ${plan.rate} is not more than 0 sessions a second`);
	require(plan.deadline >= 0, `drain.deadline ${plan.deadline} is not 0 or more milliseconds`);
	return plan;
}

function require(holds: boolean, otherwise: string): void {
	if (!holds) throw new TypeError(`attachEdge: ${otherwise}`);
}
