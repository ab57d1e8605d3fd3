/** The process of delay-server.ts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { randomFrom } from "../../../loadtest/plan/random.ts";
import type { DelayPlan } from "./delay-server.ts";

const plan = JSON.parse(process.argv[2]!) as DelayPlan;
const random = randomFrom(11);
const log: number[] = [];
let stalledAt = 0;

/** Milliseconds a message received now is held. */
function holdFor(now: number): number {
	if (log.length === plan.stallFrom) stalledAt = now;
	const own = random() * 100 < plan.slowPercent ? plan.slow : plan.usual;
	const left = stalledAt === 0 ? 0 : Math.max(0, stalledAt + 1000 - now);
	return left + own;
}

const http = createServer();
new Server(http).on("connection", (socket) => {
	socket.on("echo", (payload: string, ack: (payload: string) => void) => {
		const received = performance.now();
		const place = log.push(0) - 1;
		const answer = () => {
			log[place] = (performance.now() - received) * 1000;
			ack(payload);
		};
		const hold = holdFor(received);
		if (hold === 0) answer();
		else setTimeout(answer, hold);
	});
});
http.listen(0, "127.0.0.1", () => process.send!(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`));
process.on("message", () => process.send!(log));
process.on("disconnect", () => process.exit(0));
