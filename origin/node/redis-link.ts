/**
 * Redis Streams between the nodes: events survive the node that sent them, and a client that reconnects to any
 * node gets what it missed. While Redis is unavailable every node serves its own clients. Nothing is queued
 * meanwhile: the queue could be of any length, and its events would arrive minutes late.
 */
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import type { Server } from "socket.io";
import type { Link } from "./link.ts";
import { CLAIM_LIFETIME_MS, type Claim, ID_LIFETIME_MS, type PublishedIds } from "./published-ids.ts";
import { withoutCredentials } from "./redis-url.ts";
import { orderedAdapter } from "./stream-order.ts";

type Client = ReturnType<typeof createRedisClient>;

/** Entries kept in the stream (approximately): at 1,000 events per second, clients can be away for 100 s. */
export const STREAM_MAX_ENTRIES = 100_000;

/**
 * A command without a reply counts as failed after this time. It is long because a command that Redis executes
 * after we gave up delivers its event twice; replies took up to 1 s on a busy machine.
 */
const REPLY_TIMEOUT_MS = 5_000;

const CONNECT_TIMEOUT_MS = 3_000;

/** A reconnect waits 50 ms, then twice as long each time, up to this. */
const MAX_RECONNECT_DELAY_MS = 1_000;

const CLAIM_PREFIX = "sticky-edge:published:";

/** Connects to Redis. Throws an Error that shows the URL without its password. */
export async function redisLink(url: string): Promise<Link> {
	const client = createRedisClient(url);
	// up() reports connection errors; without a listener they would end the process.
	client.on("error", () => {});
	await connect(client, url);
	let unsaved = 0;
	const onUnsaved = () => {
		unsaved += 1;
	};
	const create = createAdapter(adapterClient(client, onUnsaved), { maxLen: STREAM_MAX_ENTRIES });
	return {
		kind: "redis",
		recovers: true,
		publishedIds: publishedIdsInRedis(client),
		join: (io: Server) => void io.adapter(orderedAdapter(create, onUnsaved)),
		up: () => client.isReady,
		unsaved: () => unsaved,
		// Replies arrive in the order of the commands: the reply to a PING follows those to all commands before it.
		flush: async () => void (await withTimeout(client.ping()).catch(() => {})),
		close: async () => void client.destroy(),
	};
}

function createRedisClient(url: string) {
	return createClient({
		url,
		// The adapter parses replies of protocol version 2.
		RESP: 2,
		disableOfflineQueue: true,
		socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: reconnectDelayMs },
	});
}

/**
 * The client as the adapter sees it. The adapter does not handle rejections of SET and PUBLISH, and an
 * unhandled rejection would end the process, so here they do not reject. Its readers are duplicates that queue
 * while offline: the adapter retries at once after an error and would otherwise spin.
 */
function adapterClient(client: Client, onUnsaved: () => void) {
	return {
		// The adapter recognises a client of the package "redis" by this method.
		sSubscribe: () => {},
		duplicate: () => client.duplicate({ disableOfflineQueue: false }),
		xAdd: (...args: Parameters<Client["xAdd"]>) => withTimeout(client.xAdd(...args)),
		xRange: (...args: Parameters<Client["xRange"]>) => withTimeout(client.xRange(...args)),
		multi: () => client.multi(),
		sendCommand: (args: string[]) => withTimeout(client.sendCommand(args)),
		set: (...args: Parameters<Client["set"]>) => client.set(...args).catch(onUnsaved),
		publish: (...args: Parameters<Client["publish"]>) => client.publish(...args).catch(onUnsaved),
	};
}

function publishedIdsInRedis(client: Client): PublishedIds {
	return {
		async claim(id): Promise<Claim> {
			const expiration = { type: "PX", value: CLAIM_LIFETIME_MS } as const;
			const options = { condition: "NX", GET: true, expiration } as const;
			const previous = await withTimeout(client.set(CLAIM_PREFIX + id, "claimed", options));
			if (previous === null) return "mine";
			return previous === "done" ? "done" : "busy";
		},
		async markPublished(id) {
			const expiration = { type: "PX", value: ID_LIFETIME_MS } as const;
			await withTimeout(client.set(CLAIM_PREFIX + id, "done", { expiration }));
		},
	};
}

/** Exponential, with jitter, so that the nodes do not all reconnect to a restarted Redis at once. */
function reconnectDelayMs(retries: number): number {
	const delay = Math.min(MAX_RECONNECT_DELAY_MS, 50 * 2 ** Math.min(retries, 5));
	return delay * (0.5 + Math.random() / 2);
}

async function connect(client: Client, url: string): Promise<void> {
	const firstError = new Promise<never>((_, reject) => client.once("error", reject));
	try {
		await Promise.race([client.connect(), firstError]);
	} catch (error) {
		client.destroy();
		const cause = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
		throw new Error(`${withoutCredentials(url)} cannot be used (${cause})`);
	}
}

function withTimeout<T>(reply: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout;
	const timeout = new Promise<never>((_, reject) => {
		timer = setTimeout(
			() => reject(new Error(`Redis did not reply within ${REPLY_TIMEOUT_MS} ms`)),
			REPLY_TIMEOUT_MS,
		);
	});
	return Promise.race([reply, timeout]).finally(() => clearTimeout(timer));
}
