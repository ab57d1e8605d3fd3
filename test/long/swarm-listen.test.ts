/** `--scenario listen` with real servers: what they push, what is missing, and what the report says. */
import type { Socket } from "socket.io";
import { describe, expect, test } from "vitest";
import { runSwarm } from "../../loadtest/clients/run/run.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import type { Group, Result } from "../../loadtest/record/result.ts";
import { verdictOf } from "../../loadtest/record/verdict.ts";
import { reportPage } from "../../loadtest/report/page.ts";
import { reportText, summaryText } from "../../loadtest/report/text.ts";
import { undisturbed } from "../support/swarm/scenario-file.ts";
import { serve } from "../support/swarm/serve.ts";

const never = new AbortController().signal;

function only(result: Result): Group {
	expect(result.groups).toHaveLength(1);
	return result.groups[0]!;
}

/** Sends `tick` with a number every 20 ms; `sends` says how often each is sent. */
function ticking(sends: (n: number) => number): (socket: Socket) => void {
	return (socket) => {
		let n = 0;
		const timer = setInterval(() => {
			n += 1;
			for (let i = 0; i < sends(n); i++) socket.emit("tick", { n });
		}, 20);
		socket.on("disconnect", () => clearInterval(timer));
	};
}

describe("--scenario listen", () => {
	async function listen(onSocket: (socket: Socket) => void, options: PlanOptions): Promise<Result> {
		await using server = await serve();
		server.io.on("connection", onSocket);
		const plan = planFrom({
			url: `http://127.0.0.1:${server.port}`,
			scenario: "listen",
			clients: 3,
			duration: 2,
			warmup: 0.2,
			hear: "tick",
			...options,
		});
		return undisturbed(await runSwarm(plan, { progress: () => {} }, never));
	}

	test("counts events, gaps and rate where nothing is lost", async () => {
		const result = await listen(
			ticking(() => 1),
			{ hearSeq: "0.n" },
		);
		const { counts, metrics } = only(result);
		expect(counts).toMatchObject({ lost: 0, doubled: 0, reordered: 0, due: counts.received });
		expect(counts.received).toBeGreaterThan(200);
		expect(counts.received).toBeLessThanOrEqual(303);
		expect(metrics.gap?.histogram.count).toBe(counts.received - 3);
		const text = reportText(result);
		expect(text).toMatch(
			/websocket target: \d+ events heard, [34]\d\.\d a second on each session, half of the gaps within (19|2\d)\.?\d* ms; none was lost\./,
		);
		expect(text).toContain("Events heard, and the gaps between them");
		expect(text).not.toMatch(/acks|msg\/s|Cloudflare/);
		const page = reportPage(result);
		expect(page).toContain("<h2>Events heard</h2>");
		expect(page).not.toMatch(/NaN|undefined|Response time/);
		expect(summaryText(result)).toContain("gap p50");
	});

	test("names the share that is missing, and fails beyond --max-loss", async () => {
		const sends = (n: number) => (n % 10 === 0 ? 0 : 1);
		const result = await listen(ticking(sends), { hearSeq: "0.n" });
		const { counts } = only(result);
		expect(counts.lost / counts.due).toBeCloseTo(0.1, 1);
		expect(counts.received + counts.lost).toBe(counts.due);
		const text = reportText(result);
		expect(text).toMatch(/^\d+ of \d+ events were heard \(websocket target\)\./);
		expect(text).toMatch(/half of the gaps within [\d.]+ ms; (9|10|11)(\.\d)? % were lost\./);
		expect(verdictOf(result)).toBe("failed");
		const tolerant = await listen(ticking(sends), { hearSeq: "0.n", maxLoss: 20 });
		expect(verdictOf(tolerant)).toBe("ok");
	});

	test("counts an event that is sent twice once, and as doubled", async () => {
		const result = await listen(
			ticking((n) => (n % 5 === 0 ? 2 : 1)),
			{ hearSeq: "0.n" },
		);
		const { counts } = only(result);
		expect(counts.lost).toBe(0);
		expect(counts.received).toBe(counts.due);
		expect(counts.doubled).toBeGreaterThan(30);
		expect(reportText(result)).toMatch(/none was lost; \d+ came twice\./);
	});

	test("without numbers says that losses are unknown", async () => {
		const result = await listen(
			ticking((n) => (n % 10 === 0 ? 0 : 1)),
			{},
		);
		expect(reportText(result)).toContain("Without --hear-seq it is unknown whether events were lost.");
		expect(reportText(result)).not.toMatch(/none was lost|% were lost/);
	});

	test("is invalid where the numbers are not at --hear-seq", async () => {
		const result = await listen(
			ticking(() => 1),
			{ hearSeq: "0.id" },
		);
		expect(verdictOf(result)).toBe("invalid");
		const text = reportText(result);
		expect(text).toContain("had no whole number at --hear-seq, so it is unknown how many were lost.");
		expect(text).toContain("no_sequence: correct --hear-seq (0.id now)");
	});

	test("fails when no such event is heard", async () => {
		const result = await listen(
			ticking(() => 1),
			{ hear: "tack" },
		);
		expect(verdictOf(result)).toBe("failed");
		expect(reportText(result)).toContain('No event "tack" was heard (websocket target).');
	});
});
