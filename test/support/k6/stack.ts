/** The whole stack with k6 driven at it, direct and through the edge side by side. */
import type { K6Transport } from "../../../loadtest/k6/script/settings.ts";
import { startStack } from "../../../origin/stack.ts";
import { type K6Outcome, runK6Command } from "./run.ts";

export type K6Path = "direct" | "edge";

export interface K6Stack extends AsyncDisposable {
	/** Runs a transport's script on both paths at once and keeps what came out. */
	drive(
		transport: K6Transport,
		flags: readonly string[],
		env?: Readonly<Record<string, string>>,
	): Promise<void>;
	/** What `drive` kept. */
	outcome(transport: K6Transport, path: K6Path): K6Outcome;
}

const LOAD = "--insecure --clients 6 --rate 30".split(" ");

/** Starts three nodes and the edge on free ports. */
export async function startK6Stack(): Promise<K6Stack> {
	const stack = await startStack({ nodes: 3 });
	const outcomes = new Map<string, K6Outcome>();
	const urls: Record<K6Path, readonly string[]> = {
		direct: stack.cluster.nodes.map((node) => node.tlsUrl!),
		edge: [stack.https],
	};
	return {
		async drive(transport, flags, env = {}) {
			const run = async (path: K6Path) => {
				const argv = [transport, ...urls[path], "--path", path, ...LOAD, ...flags];
				outcomes.set(`${transport} ${path}`, await runK6Command(argv, { env }));
			};
			await Promise.all([run("direct"), run("edge")]);
		},
		outcome: (transport, path) => outcomes.get(`${transport} ${path}`)!,
		[Symbol.asyncDispose]: () => stack.stop(),
	};
}
