/** The Durable Object that probes every node, stores their admin states, and gives isolates its verdict. */
import { DurableObject } from "cloudflare:workers";
import { type Config, readConfig } from "../config/config.ts";
import type { Node, Pool } from "../config/pool.ts";
import type { Env } from "../env.ts";
import { faultLine } from "./fault.ts";
import { type AdminState, readNodeChange } from "./node-change.ts";
import {
	afterChange,
	afterProbe,
	hasSpokenContract,
	NEW_NODE_RECORD,
	type NodeRecord,
	stateOf,
	underConfiguration,
} from "./node-record.ts";
import { checkNode, hasOwnCheck, NO_CHECK } from "./probe.ts";
import type { NodeVerdict, Verdict } from "./verdict.ts";
import { probeWarnings, type Warning, warningLine } from "./warning.ts";

/** A Worker waits for the headers of at most six fetches at once. A seventh would queue, which would look like a slow node. */
const FETCHES_AT_ONCE = 6;
/** Every so many probes a `NO CHECK` node gets the full check, so that a slow health path is noticed. */
const FULL_CHECK_EVERY = 12;

interface ProbeTarget {
	readonly pool: Pool;
	readonly node: Node;
	readonly key: string;
	/** Epoch ms of the next probe. */
	due: number;
	/** Probes since this object started. */
	probes: number;
}

/** A record as stored; earlier versions wrote `word` for `adminState`. */
type StoredRecord = NodeRecord & { readonly word?: AdminState };

export class Monitor extends DurableObject<Env> {
	readonly #config: Config | null;
	readonly #targets: readonly ProbeTarget[];
	readonly #records = new Map<string, NodeRecord>();
	/** Warnings in the log so far, by node and code. */
	readonly #logged = new Set<string>();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		const config = readConfig(env);
		this.#config = "pools" in config ? config : null;
		this.#targets = (this.#config?.pools ?? []).flatMap((pool) =>
			pool.nodes.map((node) => ({ pool, node, key: `${pool.name}/${node.id}`, due: 0, probes: 0 })),
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
		// The check of a node that does not follow the contract may make two requests at a time.
		const fetches = queue.every((target) => this.#makesOneRequest(target)) ? 1 : 2;
		await Promise.all(Array.from({ length: FETCHES_AT_ONCE / fetches }, () => this.#probeQueue(queue)));
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
		for (const { key, node } of this.#targets) {
			const { word, ...record } = { ...NEW_NODE_RECORD, ...stored.get(`node:${key}`) } as StoredRecord;
			const named = word === undefined ? record : { ...record, adminState: word };
			const current = underConfiguration(named, node);
			this.#records.set(key, current);
			// Stored at once, so that an operator's weight that has ended does not return with the next configuration.
			if (current !== named) await this.ctx.storage.put(`node:${key}`, current);
		}
	}

	async #ensureAlarm(): Promise<void> {
		if (this.#targets.length > 0 && (await this.ctx.storage.getAlarm()) === null)
			await this.ctx.storage.setAlarm(Date.now());
	}

	#makesOneRequest({ pool, node, key }: ProbeTarget): boolean {
		return hasOwnCheck(pool) || hasSpokenContract(this.#records.get(key)!, node);
	}

	async #probeQueue(queue: ProbeTarget[]): Promise<void> {
		for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
			const { pool, node, key } = target;
			target.due = Date.now() + pool.health.interval;
			const known = this.#records.get(key)!;
			const wasNoCheck = known.probe?.check === NO_CHECK && target.probes % FULL_CHECK_EVERY !== 0;
			target.probes += 1;
			const { nodeSecret } = this.#config!;
			const result = await checkNode(pool, node, nodeSecret, hasSpokenContract(known, node), wasNoCheck);
			const before = this.#records.get(key)!;
			await this.#save(target, before, afterProbe(before, result, pool, node, Date.now()));
			this.#logWarnings(target);
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
		const after = afterChange(before, change, target.node, now);
		await this.#save(target, before, after);
		return Response.json(this.#nodeVerdict(target, now));
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
			before.contractUrl === after.contractUrl &&
			before.since === after.since;
		if (!same) await this.ctx.storage.put(`node:${target.key}`, { ...after, probe: null });
	}

	#verdict(now: number): Verdict {
		return { at: now, nodes: this.#targets.map((target) => this.#nodeVerdict(target, now)) };
	}

	#nodeVerdict({ pool, node, key }: ProbeTarget, now: number): NodeVerdict {
		const record = this.#records.get(key)!;
		return nodeVerdict(pool, node, record, probeWarnings(this.#config!.platform, node, record.probe), now);
	}

	#logWarnings({ pool, node, key }: ProbeTarget): void {
		const { probe } = this.#records.get(key)!;
		for (const warning of probeWarnings(this.#config!.platform, node, probe)) {
			const name = `${key} ${warning.code}`;
			if (this.#logged.has(name)) continue;
			this.#logged.add(name);
			console.warn(warningLine(warning, pool, node));
		}
	}
}

function nodeVerdict(
	pool: Pool,
	node: Node,
	record: NodeRecord,
	warnings: readonly Warning[],
	now: number,
): NodeVerdict {
	const { probe: last } = record;
	const state = stateOf(record);
	return {
		pool: pool.name,
		node: node.id,
		state,
		adminState: record.adminState,
		weight: record.weight ?? node.weight,
		operatorWeight: record.weight,
		since: record.since,
		risen: record.risen,
		reason: record.reason,
		fault: record.fault,
		check: last === null ? null : { word: last.check, status: last.status, milliseconds: last.milliseconds },
		failedProbes: record.failedProbes,
		downs: record.downs,
		downtime: record.downtime + (state === "DOWN" ? now - record.since : 0),
		health: last?.health ?? null,
		hasSpokenContract: hasSpokenContract(record, node),
		warnings,
	};
}
