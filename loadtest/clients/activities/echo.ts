/** Messages when they are due, each answered: response and service time. */

import { beat } from "../pacing/grid-pacer.ts";
import { pace, until } from "../pacing/pacer.ts";
import { EchoDriver } from "./echo-driver.ts";
import { messagesOf, secondIn, type Work } from "./work.ts";

/** Sends the slot's messages, or with `--probe connect` only waits for its end. */
export async function echo(work: Work): Promise<void> {
	const { plan, slot, crew, stop } = work;
	if (plan.probe === "connect") return until(slot.endAt, stop);
	const driver = new EchoDriver(plan, crew.tally, work.sends);
	work.everySecond(() => driver.sweep());
	const messages = new Map(crew.opened.map(({ number }) => [number, crew.personaOf(number).ask?.message]));
	const call = plan.grain > 0 ? beat : pace;
	await call(
		messagesOf(work),
		({ client, at }) =>
			driver.send(crew.members.get(client) ?? null, messages.get(client), at, secondIn(slot, at)),
		stop,
	);
	await driver.drained();
}
