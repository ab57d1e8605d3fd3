/**
 * Redis Streams between the nodes: events outlive the node that sent them, and a client that comes back on
 * any node gets what it missed. While Redis is away every node serves its own clients; nothing is queued,
 * because a queue of unknown length would come out minutes late.
 */
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import type { Server } from "socket.io";
import { CommandError } from "../../worker/command-line/command.ts";
import type { Link } from "./link.ts";
import { CLAIM_TIME, type Claim, REPEAT_TIME, type Repeats } from "./published-ids.ts";
import { nameOf } from "./redis-url.ts";
import { orderedAdapter } from "./stream-order.ts";

type Client = ReturnType<typeof newClient>;

/** Entries of the stream (about): at 1 000 events a second a client may be away for 100 s. */
export const STREAM_LENGTH = 100_000;

/**
 * A command that has no reply by then counts as failed, milliseconds. Long, because one that is carried out
 * after it was given up hands its event out twice: on a busy machine replies of 1 s were seen.
 */
const REPLY_LIMIT = 5_000;

/** Redis that does not answer at start is an error, milliseconds. */
const CONNECT_LIMIT = 3_000;

const CLAIM_PREFIX = "sticky-edge:published:";

/** Connects to Redis. Throws a `CommandError` that names the flag and never the password. */
export async function redisLink(url: string): Promise<Link> {
	const client = newClient(url);
	// Errors of the connection show in up(); without a listener they would end the process.
	client.on("error", () => {});
	await connect(client, url);
	let unsaved = 0;
	const onUnsaved = () => {
		unsaved += 1;
	};
	const create = createAdapter(adapterClient(client, onUnsaved), { maxLen: STREAM_LENGTH });
	return {
		kind: "redis",
		recovers: true,
		repeats: redisRepeats(client),
		join: (io: Server) => void io.adapter(orderedAdapter(create, onUnsaved)),
		up: () => client.isReady,
		unsaved: () => unsaved,
		// Replies come in the order of commands: a PING's means that all before it are done.
		settled: async () => void (await within(client.ping()).catch(() => {})),
		close: async () => void client.destroy(),
	};
}

function newClient(url: string) {
	return createClient({
		url,
		// The adapter reads the replies of protocol 2.
		RESP: 2,
		disableOfflineQueue: true,
		socket: { connectTimeout: CONNECT_LIMIT, reconnectStrategy },
	});
}

/**
 * What the adapter gets instead of the client. It leaves the promises of SET and PUBLISH alone, so those must
 * not reject (an unhandled rejection ends the process); and its readers are copies that queue while offline,
 * because it asks again at once after an error and would otherwise spin.
 */
function adapterClient(client: Client, onUnsaved: () => void) {
	return {
		// By this name the adapter knows a client of the package "redis".
		sSubscribe: () => {},
		duplicate: () => client.duplicate({ disableOfflineQueue: false }),
		xAdd: (...args: Parameters<Client["xAdd"]>) => within(client.xAdd(...args)),
		xRange: (...args: Parameters<Client["xRange"]>) => within(client.xRange(...args)),
		multi: () => client.multi(),
		sendCommand: (args: string[]) => within(client.sendCommand(args)),
		set: (...args: Parameters<Client["set"]>) => client.set(...args).catch(onUnsaved),
		publish: (...args: Parameters<Client["publish"]>) => client.publish(...args).catch(onUnsaved),
	};
}

function redisRepeats(client: Client): Repeats {
	return {
		async claim(id): Promise<Claim> {
			const key = CLAIM_PREFIX + id;
			const options = { condition: "NX", GET: true, expiration: { type: "PX", value: CLAIM_TIME } } as const;
			const before = await within(client.set(key, "claimed", options));
			if (before === null) return "mine";
			return before === "done" ? "done" : "busy";
		},
		async settle(id) {
			const expiration = { type: "PX", value: REPEAT_TIME } as const;
			await within(client.set(CLAIM_PREFIX + id, "done", { expiration }));
		},
	};
}

function reconnectStrategy(retries: number): number {
	// Jitter, so that the nodes do not come back to a fresh Redis in one step.
	return Math.min(1_000, 50 * 2 ** Math.min(retries, 5)) * (0.5 + Math.random() / 2);
}

async function connect(client: Client, url: string): Promise<void> {
	const first = new Promise<never>((_, reject) => client.once("error", reject));
	try {
		await Promise.race([client.connect(), first]);
	} catch (error) {
		client.destroy();
		const cause = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
		throw new CommandError(
			`--redis ${nameOf(url)} cannot be used (${cause}): start it there, or give its URL`,
		);
	}
}

function within<T>(reply: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`Redis did not reply within ${REPLY_LIMIT} ms`)), REPLY_LIMIT);
	});
	return Promise.race([reply, late]).finally(() => clearTimeout(timer));
}
