/** What a Flash player did before it opened a socket: ask for the policy file on a port of its own. */
import { connect } from "node:net";
import { detailOf, kindOf, OpenFailure } from "./failure.ts";

const REQUEST = "<policy-file-request/>\0";
/** Far above any policy; a server that says more is not one. */
const LONGEST = 20_000;

/** Resolves when a whole policy has come. Rejects with an OpenFailure. `limit` is in milliseconds. */
export function fetchPolicy(host: string, port: number, limit: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, timeout: limit });
		let text = "";
		const fail = (kind: string, detail: string) => {
			socket.destroy();
			reject(new OpenFailure(kind, `Flash policy at ${host}:${port}: ${detail}`));
		};
		socket.once("connect", () => socket.write(REQUEST));
		socket.once("timeout", () => fail("policy_timeout", `no answer in ${limit} ms`));
		socket.once("error", (error) => fail(`policy_${kindOf(error)}`, detailOf(error)));
		socket.once("close", () => fail("policy_wrong", "closed before a whole policy came"));
		socket.on("data", (chunk) => {
			text += chunk.toString("latin1");
			if (text.length > LONGEST) fail("policy_wrong", "answered something else");
			if (!text.includes("</cross-domain-policy>")) return;
			socket.removeAllListeners("close");
			socket.destroy();
			resolve();
		});
	});
}
