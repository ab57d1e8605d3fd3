/** Sends nothing, and counts what the server pushes: rate, gaps, and loss by a number that the server counts up. */
import { seqIn } from "../client/answers.ts";
import type { Client } from "../client/client.ts";
import { sleepUntil } from "../pacing/pacer.ts";
import { secondIn } from "../pacing/slot.ts";
import { Sequence } from "./sequence.ts";
import type { Work } from "./work.ts";

/** Listens until the slot's end. Events in its warm-up are not counted. */
export async function listen(work: Work): Promise<void> {
	const { slot, group, stop } = work;
	const ends = group.opened.map((client) => subscribe(client, work));
	await sleepUntil(slot.endAt, stop);
	for (const end of ends) end();
}

/** Counts what a client hears; the returned function ends that. */
function subscribe(client: Client, { plan, slot, group: { tally } }: Work): () => void {
	const sequence = new Sequence();
	const keys = plan.hearSeq.split(".");
	let lastAt = 0;
	const onEvent = (...args: unknown[]) => {
		const at = client.answeredAt(0);
		const second = at < slot.endAt ? secondIn(slot, at) : -1;
		if (second < 0) return;
		if (lastAt > 0) tally.record("gap", second, at - lastAt);
		lastAt = at;
		count(args);
	};
	/** An event without a number counts as due and received: none of those can be known to be lost. */
	const count = (args: readonly unknown[]): void => {
		const seq = plan.hearSeq === "" ? "" : (seqIn(args, keys) ?? "");
		if (seq !== "" && Number.isSafeInteger(Number(seq))) {
			if (sequence.take(Number(seq))) tally.counts.received += 1;
			return;
		}
		if (plan.hearSeq !== "") tally.fail("no_sequence_number");
		tally.counts.due += 1;
		tally.counts.sent += 1;
		tally.counts.received += 1;
	};
	const onConnect = () => sequence.reconnected();
	const { socket } = client.session;
	socket.on(plan.hear, onEvent);
	socket.on("connect", onConnect);
	return () => {
		socket.off(plan.hear, onEvent);
		socket.off("connect", onConnect);
		if (lastAt === 0) tally.fail("nothing_heard");
		sequence.count(tally.counts);
	};
}
