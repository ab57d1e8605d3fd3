/** The Durable Object that probes every node, keeps the operator's word, and gives isolates its verdict. */
import { DurableObject } from "cloudflare:workers";
import { type Config, readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import type { Node, Pool } from "../pool.ts";
import { faultLine } from "./fault.ts";
import { probe } from "./probe.ts";
import type { NodeVerdict, Verdict } from "./verdict.ts";
import { observe, stateOf, told, UNWATCHED, type Watched } from "./watch.ts";
import { readWord } from "./word.ts";

/** A Worker waits for the headers of at most six fetches at once; a seventh would queue and look slow. */
const AT_ONCE = 6;

interface Post {
	readonly pool: Pool;
	readonly node: Node;
	readonly key: string;
	/** Epoch ms of the next probe. */
	due: number;
}

export class Monitor extends DurableObject<Env> {
	readonly #config: Config | null;
	readonly #posts: readonly Post[];
	readonly #watched = new Map<string, Watched>();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const config = readConfig(env);
		this.#config = "pools" in config ? config : null;
		this.#posts = (this.#config?.pools ?? []).flatMap((pool) =>
			pool.nodes.map((node) => ({ pool, node, key: `${pool.name}/${node.id}`, due: 0 })),
		);
		ctx.blockConcurrencyWhile(async () => {
			const kept = await ctx.storage.list<Watched>({ prefix: "node:" });
			const gone = [...kept.keys()].filter((key) => !this.#posts.some((post) => `node:${post.key}` === key));
			// A node that was taken out and comes back under its old name must not find an old word waiting.
			await ctx.storage.delete(gone);
			for (const post of this.#posts)
				this.#watched.set(post.key, { ...UNWATCHED, ...kept.get(`node:${post.key}`) });
		});
	}

	/** `GET /verdict`: a `Verdict`. `POST /word`: `{pool, node, word}` or `{pool, node, weight}`; answers the node's `NodeVerdict`, or 400 and a sentence. */
	override async fetch(request: Request): Promise<Response> {
		await this.#wake();
		if (new URL(request.url).pathname.endsWith("/word")) return this.#hear(await request.json());
		return Response.json(this.#verdict(Date.now()));
	}

	/** Probes what is due, and sets out for the next. */
	override async alarm(): Promise<void> {
		const now = Date.now();
		const due = this.#posts.filter((post) => post.due <= now);
		const queue = [...due];
		await Promise.all(Array.from({ length: AT_ONCE }, () => this.#probeAll(queue)));
		await this.#setOut();
	}

	async #wake(): Promise<void> {
		if (this.#posts.length > 0 && (await this.ctx.storage.getAlarm()) === null)
			await this.ctx.storage.setAlarm(Date.now());
	}

	async #setOut(): Promise<void> {
		if (this.#posts.length === 0) return;
		await this.ctx.storage.setAlarm(Math.max(Date.now(), Math.min(...this.#posts.map((post) => post.due))));
	}

	async #probeAll(queue: Post[]): Promise<void> {
		for (let post = queue.shift(); post !== undefined; post = queue.shift()) {
			post.due = Date.now() + post.pool.health.interval;
			const seen = await probe(post.pool, post.node, this.#config!.nodeSecret);
			const before = this.#watched.get(post.key)!;
			await this.#keep(post.key, before, observe(before, seen, post.pool, post.node, Date.now()));
		}
	}

	async #hear(body: unknown): Promise<Response> {
		const said = readWord(body);
		if (typeof said === "string") return Response.json({ message: said }, { status: 400 });
		const key = `${said.pool}/${said.node}`;
		const before = this.#watched.get(key);
		if (before === undefined) {
			const names = [...this.#watched.keys()].join(", ");
			return Response.json({ message: `node: "${key}" is not one; the nodes are ${names}` }, { status: 400 });
		}
		const now = Date.now();
		await this.#keep(key, before, told(before, said.word, said.weight, now));
		return Response.json(this.#verdict(now).nodes.find((each) => `${each.pool}/${each.node}` === key));
	}

	/** Writes to storage what a restart must not lose: changes of state and the operator's word, not every probe. */
	async #keep(key: string, before: Watched, after: Watched): Promise<void> {
		this.#watched.set(key, after);
		this.#warn(key, before, after);
		const same =
			before.up === after.up &&
			before.word === after.word &&
			before.weight === after.weight &&
			before.since === after.since;
		if (!same) await this.ctx.storage.put(`node:${key}`, { ...after, probe: null });
	}

	/** Says once what is wrong with a node that answers, and the cure. */
	#warn(key: string, before: Watched, after: Watched): void {
		if (after.fault === before.fault || after.fault === "") return;
		const { pool, node } = this.#posts.find((post) => post.key === key)!;
		console.error(faultLine(after.fault, pool, node));
	}

	#verdict(now: number): Verdict {
		return { at: now, nodes: this.#posts.map((post) => describe(post, this.#watched.get(post.key)!, now)) };
	}
}

function describe({ pool, node }: Post, watched: Watched, now: number): NodeVerdict {
	const { probe: seen } = watched;
	const state = stateOf(watched);
	return {
		pool: pool.name,
		node: node.id,
		state,
		word: watched.word,
		weight: watched.weight ?? node.weight,
		since: watched.since,
		risen: watched.risen,
		reason: watched.reason,
		fault: watched.fault,
		check: seen === null ? null : { word: seen.check, status: seen.status, milliseconds: seen.milliseconds },
		failedProbes: watched.failedProbes,
		downs: watched.downs,
		downtime: watched.downtime + (state === "DOWN" ? now - watched.since : 0),
		health: seen?.health ?? null,
	};
}
