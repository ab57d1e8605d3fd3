/** The request that a Flash player made before it opened a socket: for the policy file, on a port of its own. */
import { connect } from "node:net";
import type { ErrorKind } from "../../record/error-kinds.ts";
import { detailOf, kindOf, OpenFailure } from "./failure.ts";

const REQUEST = "<policy-file-request/>\0";
/** Far above any policy file: a longer answer is not one. */
const MAX_POLICY_BYTES = 20_000;

/** Resolves when a whole policy has arrived. Rejects with an OpenFailure. `limit` is in milliseconds. */
export function fetchPolicy(host: string, port: number, limit: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, timeout: limit });
		let text = "";
		const fail = (kind: ErrorKind, detail: string) => {
			socket.destroy();
			reject(new OpenFailure(kind, `Flash policy at ${host}:${port}: ${detail}`));
		};
		socket.once("connect", () => socket.write(REQUEST));
		socket.once("timeout", () => fail("policy_timeout", `no answer in ${limit} ms`));
		socket.once("error", (error) => fail(`policy_${kindOf(error)}`, detailOf(error)));
		socket.once("close", () => fail("policy_wrong", "closed before the whole policy arrived"));
		socket.on("data", (chunk) => {
			text += chunk.toString("latin1");
			if (text.length > MAX_POLICY_BYTES) fail("policy_wrong", "the answer is not a policy file");
			if (!text.includes("</cross-domain-policy>")) return;
			socket.removeAllListeners("close");
			socket.destroy();
			resolve();
		});
	});
}
