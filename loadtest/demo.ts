/** `npm run demo`: starts a cluster and an edge, measures every transport direct and through the edge, and compares. */
import { join } from "node:path";
import { type Stack, startStack } from "../origin/stack.ts";
import { EXIT, newCommand, runCommand } from "../worker/command-line/command.ts";
import { writeWhole } from "../worker/command-line/files.ts";
import { PROJECT } from "../worker/command-line/project.ts";
import { runSwarm } from "./clients/run/run.ts";
import { type Plan, planFrom } from "./plan/plan.ts";
import { saveResult } from "./record/save.ts";
import { reportPage } from "./report/page.ts";
import { summaryText } from "./report/text.ts";

const REPORTS = join(PROJECT, "reports");

await runCommand(async (stop) => {
	newCommand(
		"npm run demo",
		"Starts a cluster and an edge on this machine and measures each transport, direct and through the edge.",
	).parse();
	say("Starting 3 Socket.IO nodes and the edge …");
	await using stack = await startStack({}, stop);
	const plan = demoPlan(stack);
	say(`The edge listens at ${stack.https}, the nodes at ${plan.paths[0]!.urls.join(", ")}`);
	say(`Measuring ${plan.transports.join(", ")}, direct and through the edge: ${timeOf(plan)}`);
	const result = await runSwarm(plan, { progress: say }, stop);
	if (stop.aborted) return EXIT.interrupted;
	await saveResult(join(REPORTS, "demo.json"), result);
	await writeWhole(join(REPORTS, "demo.html"), reportPage(result));
	process.stdout.write(`\n${summaryText(result)}\n`);
	process.stdout.write("Full report: reports/demo.html. Data: reports/demo.json.\n");
	// Exit 0 even when the run is invalid, as on a busy machine: the first line of the summary says so.
	return EXIT.ok;
});

/** Both paths use TLS with the same certificate, so that they differ only by the edge. */
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

/** About how long the run takes: opening all sessions, then the slots with their warm-up. */
function timeOf({ clients, groups, connectRate, order, slot, warmup }: Plan): string {
	const seconds = (clients * groups.length) / connectRate + order.length * (slot + warmup);
	return `about ${Math.round(seconds)} s …`;
}

function say(line: string): void {
	process.stderr.write(`${line}\n`);
}
