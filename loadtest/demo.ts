/** `npm run demo`: the whole line once: start, drive every transport direct and through the edge, compare, stop. */
import { join } from "node:path";
import { type Stack, startStack } from "../origin/stack.ts";
import { EXIT, newCommand, runCommand } from "../worker/command-line/command.ts";
import { writeWhole } from "../worker/command-line/files.ts";
import { PROJECT } from "../worker/command-line/project.ts";
import { runSwarm } from "./clients/run.ts";
import { type Plan, planFrom } from "./plan/plan.ts";
import { saveResult } from "./record/save.ts";
import { reportPage } from "./report/page.ts";
import { summaryText } from "./report/text.ts";

const REPORTS = join(PROJECT, "reports");

await runCommand(async (stop) => {
	newCommand(
		"npm run demo",
		"Cluster, edge and swarm on this machine; prints each transport, direct and through the edge.",
	).parse();
	say("starting 3 nodes and the edge …");
	await using stack = await startStack({}, stop);
	say(`edge at ${stack.https}; nodes at ${stack.cluster.nodes.map((node) => node.tlsUrl).join(" ")}`);
	const result = await runSwarm(demoPlan(stack), { progress: say }, stop);
	if (stop.aborted) return EXIT.interrupted;
	await saveResult(join(REPORTS, "demo.json"), result);
	await writeWhole(join(REPORTS, "demo.html"), reportPage(result));
	process.stdout.write(`${summaryText(result)}\nreports/demo.html and reports/demo.json have the rest.\n`);
	// A demonstration gates nothing: on a busy machine its first line says that its numbers are not to be believed.
	return EXIT.ok;
});

/** Both paths end TLS with the same certificate, so that their difference is the edge alone. */
function demoPlan(stack: Stack): Plan {
	return planFrom({
		paths: [
			{ name: "direct", urls: stack.cluster.nodes.map((node) => node.tlsUrl ?? node.url) },
			{ name: "edge", urls: [stack.https] },
		],
		transports: ["polling", "websocket", "upgrade", "flashsocket"],
		clients: 20,
		rate: 150,
		duration: 32,
		insecure: true,
		policyPort: stack.policyPort,
	});
}

function say(line: string): void {
	process.stderr.write(`${line}\n`);
}
