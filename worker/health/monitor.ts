/** The Durable Object that probes every node, stores their admin states, and gives isolates its verdict. */
import { DurableObject } from "cloudflare:workers";
import { type Config, readConfig } from "../config/config.ts";
import type { Node, Pool } from "../config/pool.ts";
import type { Env } from "../env.ts";
import { faultLine } from "./fault.ts";
import { type AdminState, readNodeChange } from "./node-change.ts";
import { afterChange, afterProbe, NEW_NODE_RECORD, type NodeRecord, stateOf } from "./node-record.ts";
import { probe } from "./probe.ts";
import type { NodeVerdict, Verdict } from "./verdict.ts";

/** A Worker waits for the headers of at most six fetches at once. A seventh would queue, which would look like a slow node. */
const PROBES_AT_ONCE = 6;

interface ProbeTarget {
	readonly pool: Pool;
	readonly node: Node;
	readonly key: string;
	/** Epoch ms of the next probe. */
	due: number;
}

/** A record as stored; earlier versions wrote `word` for `adminState`. */
type StoredRecord = NodeRecord & { readonly word?: AdminState };

export class Monitor extends DurableObject<Env> {
	readonly #config: Config | null;
	readonly #targets: readonly ProbeTarget[];
	readonly #records = new Map<string, NodeRecord>();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const config = readConfig(env);
		this.#config = "pools" in config ? config : null;
		this.#targets = (this.#config?.pools ?? []).flatMap((pool) =>
			pool.nodes.map((node) => ({ pool, node, key: `${pool.name}/${node.id}`, due: 0 })),
		);
		ctx.blockConcurrencyWhile(() => this.#load());
	}

	/**
	 * `GET /verdict` answers a `Verdict`. `POST /change` takes a `NodeChange` as JSON and answers the node's
	 * `NodeVerdict`, or 400 with a sentence.
	 */
	override async fetch(request: Request): Promise<Response> {
		await this.#ensureAlarm();
		if (new URL(request.url).pathname.endsWith("/change")) return this.#change(await request.json());
		return Response.json(this.#verdict(Date.now()));
	}

	/** Probes the nodes that are due, and sets the alarm for the next. */
	override async alarm(): Promise<void> {
		const now = Date.now();
		const queue = this.#targets.filter((target) => target.due <= now);
		await Promise.all(Array.from({ length: PROBES_AT_ONCE }, () => this.#probeQueue(queue)));
		if (this.#targets.length === 0) return;
		const next = Math.min(...this.#targets.map((target) => target.due));
		await this.ctx.storage.setAlarm(Math.max(Date.now(), next));
	}

	async #load(): Promise<void> {
		const stored = await this.ctx.storage.list<StoredRecord>({ prefix: "node:" });
		// A node that was removed must not get its old admin state back when it is added again.
		const removed = [...stored.keys()].filter(
			(key) => !this.#targets.some((each) => `node:${each.key}` === key),
		);
		await this.ctx.storage.delete(removed);
		for (const { key } of this.#targets) {
			const { word, ...record } = { ...NEW_NODE_RECORD, ...stored.get(`node:${key}`) } as StoredRecord;
			this.#records.set(key, word === undefined ? record : { ...record, adminState: word });
		}
	}

	async #ensureAlarm(): Promise<void> {
		if (this.#targets.length > 0 && (await this.ctx.storage.getAlarm()) === null)
			await this.ctx.storage.setAlarm(Date.now());
	}

	async #probeQueue(queue: ProbeTarget[]): Promise<void> {
		for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
			const { pool, node, key } = target;
			target.due = Date.now() + pool.health.interval;
			const result = await probe(pool, node, this.#config!.nodeSecret);
			const before = this.#records.get(key)!;
			await this.#save(target, before, afterProbe(before, result, pool, node, Date.now()));
		}
	}

	async #change(body: unknown): Promise<Response> {
		const change = readNodeChange(body);
		if (typeof change === "string") return Response.json({ message: change }, { status: 400 });
		const key = `${change.pool}/${change.node}`;
		const target = this.#targets.find((each) => each.key === key);
		if (target === undefined) {
			const keys = this.#targets.map((each) => each.key).join(", ");
			return Response.json({ message: `node: unknown node "${key}"; use one of ${keys}` }, { status: 400 });
		}
		const now = Date.now();
		const before = this.#records.get(key)!;
		const after = afterChange(before, change, now);
		await this.#save(target, before, after);
		return Response.json(nodeVerdict(target, after, now));
	}

	/** Stores what a restart must not lose: changes of state and changes by an operator, but not every probe. */
	async #save(target: ProbeTarget, before: NodeRecord, after: NodeRecord): Promise<void> {
		this.#records.set(target.key, after);
		if (after.fault !== before.fault && after.fault !== "")
			console.error(faultLine(after.fault, target.pool, target.node));
		const same =
			before.up === after.up &&
			before.adminState === after.adminState &&
			before.weight === after.weight &&
			before.since === after.since;
		if (!same) await this.ctx.storage.put(`node:${target.key}`, { ...after, probe: null });
	}

	#verdict(now: number): Verdict {
		const nodes = this.#targets.map((target) => nodeVerdict(target, this.#records.get(target.key)!, now));
		return { at: now, nodes };
	}
}

function nodeVerdict({ pool, node }: ProbeTarget, record: NodeRecord, now: number): NodeVerdict {
	const { probe: last } = record;
	const state = stateOf(record);
	return {
		pool: pool.name,
		node: node.id,
		state,
		adminState: record.adminState,
		weight: record.weight ?? node.weight,
		since: record.since,
		risen: record.risen,
		reason: record.reason,
		fault: record.fault,
		check: last === null ? null : { word: last.check, status: last.status, milliseconds: last.milliseconds },
		failedProbes: record.failedProbes,
		downs: record.downs,
		downtime: record.downtime + (state === "DOWN" ? now - record.since : 0),
		health: last?.health ?? null,
	};
}
