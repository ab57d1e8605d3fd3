/** The attacker's process: its work must not delay the clients whose times are measured. */
import { randomFrom } from "../../../../loadtest/plan/random.ts";
import type { Act } from "./attack.ts";
import { Attacker, type Target } from "./attacker.ts";
import { attacksOf } from "./attacks.ts";

/** The parent's first message, answered with "ready". The second one, "attack", starts the attack, which lasts `ms`. */
export interface AttackOrder {
	readonly target: Target;
	readonly name: string;
	readonly seed: number;
	readonly ms: number;
}

/** The answer when an attack is over. Its connections stay open until the process ends. */
export interface AttackReport {
	readonly sent: number;
	readonly statuses: Readonly<Record<string, number>>;
}

process.once("message", ({ target, name, seed, ms }: AttackOrder) => {
	const attack = attacksOf(seed).find((each) => each.name === name)!;
	const attacker = new Attacker(target, randomFrom(seed));
	process.once("message", () => {
		const timers = attack.acts.map((act) => repeat(act, attacker));
		setTimeout(() => {
			for (const timer of timers) clearInterval(timer);
			process.send?.({ sent: attacker.sent, statuses: attacker.statuses } satisfies AttackReport);
		}, ms);
	});
	process.send?.("ready");
});
process.on("disconnect", () => process.exit(0));

function repeat(act: Act, attacker: Attacker): NodeJS.Timeout {
	let i = 0;
	const send = () => {
		for (let n = 0; n < act.count; n++) act.send(attacker, i++);
	};
	send();
	return setInterval(send, act.everyMs);
}
