/** Sends messages when they are due, each answered: response time and service time. */
import { pace, sleepUntil } from "../pacing/pacer.ts";
import { secondIn } from "../pacing/slot.ts";
import { EchoDriver } from "./echo-driver.ts";
import { messagesOf, type Work } from "./work.ts";

/** Sends the slot's messages, or with `--probe connect` only waits for its end. */
export async function echo(work: Work): Promise<void> {
	const { plan, slot, group, stop } = work;
	if (plan.probe === "connect") return sleepUntil(slot.endAt, stop);
	const driver = new EchoDriver(plan, group.tally, work.sends);
	work.everySecond(() => driver.sweep());
	const messages = new Map(group.opened.map(({ number }) => [number, group.optionsOf(number).message!]));
	await pace(
		messagesOf(work),
		({ client, at }) =>
			driver.prepare(group.clients.get(client) ?? null, messages.get(client)!, at, secondIn(slot, at)),
		work,
	);
	await driver.drained();
}
