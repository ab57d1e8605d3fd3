/** The whole stack, with k6 runs direct and through the edge side by side. */
import type { K6Transport } from "../../../loadtest/k6/script/settings.ts";
import { startStack } from "../../../origin/stack.ts";
import { type K6RunOutput, runK6Command } from "./run.ts";

export type K6Path = "direct" | "edge";

export interface K6Stack extends AsyncDisposable {
	/** Runs the script of a transport on both paths at once and keeps the outputs. */
	drive(
		transport: K6Transport,
		flags: readonly string[],
		env?: Readonly<Record<string, string>>,
	): Promise<void>;
	/** An output that `drive` kept. */
	output(transport: K6Transport, path: K6Path): K6RunOutput;
}

const LOAD = "--insecure --clients 6 --rate 30".split(" ");

/** Starts three nodes and the edge on free ports. */
export async function startK6Stack(): Promise<K6Stack> {
	const stack = await startStack({ nodes: 3 });
	const outputs = new Map<string, K6RunOutput>();
	const urls: Record<K6Path, readonly string[]> = {
		direct: stack.cluster.nodes.map((node) => node.tlsUrl!),
		edge: [stack.https],
	};
	return {
		async drive(transport, flags, env = {}) {
			const run = async (path: K6Path) => {
				const argv = [transport, ...urls[path], "--path", path, ...LOAD, ...flags];
				outputs.set(`${transport} ${path}`, await runK6Command(argv, { env }));
			};
			await Promise.all([run("direct"), run("edge")]);
		},
		output: (transport, path) => outputs.get(`${transport} ${path}`)!,
		[Symbol.asyncDispose]: () => stack.stop(),
	};
}
