/** The texts of the report, compared in full. The results are simulated, so every figure below depends only on the seed. */
import { expect, test } from "vitest";
import { LEAST_RUNS } from "../../../loadtest/compare/statistics/holm.ts";
import { reportMarkdown, reportText, summaryText } from "../../../loadtest/report/text.ts";
import { drawResult } from "../../support/report/results.ts";

const small = drawResult({ transports: ["websocket"], seconds: 4 });
const late = {
	code: "generator_busy",
	severity: "invalid",
	message: "the generator was too busy in 9 of 20 s",
	advice: "lower --rate",
} as const;
const lost = {
	...late,
	code: "messages_lost",
	severity: "warning",
	message: "2 of 400 messages were lost",
} as const;

test("the text report has validity first, then the finding, then the tables", () => {
	expect(reportText(small)).toMatchInlineSnapshot(`
		"Valid: the generator kept to its schedule and all checks passed.

		Through edge instead of direct, the median answer takes 0.33 ms longer with websocket (1.38 instead of 1.05 ms).
		Run 1 of 5 (8 s): indicative only. npm run compare judges all 5 together.
		scenario echo · 2 groups of 10 clients · 100 msg/s each · 64 B · 8 s measured · seed 1 · 2026-11-23 09:00 UTC

		Response time: from the scheduled send to the ack, milliseconds
		  transport  path    sessions  acks  acks/s   p50   p90   p95   p99  p99.9   max  added p50  added p99
		  ─────────  ──────  ────────  ────  ──────  ────  ────  ────  ────  ─────  ────  ─────────  ─────────
		  websocket  direct        10   400     100  1.05  1.72  2.04  2.38    n/a  4.02          –          –
		  websocket  edge          10   400     100  1.38  2.28  2.66  3.22    n/a  4.00      +0.33    unclear
		  added: compared with direct; unclear: no difference that this run can show.
		  n/a: too few acks; p99.9 needs 3,688.

		Service time: from the actual send to the ack, milliseconds
		  transport  path     p50   p90   p95   p99  p99.9   max
		  ─────────  ──────  ────  ────  ────  ────  ─────  ────
		  websocket  direct  0.95  1.57  1.76  2.23    n/a  4.02
		  websocket  edge    1.26  2.07  2.41  2.98    n/a  4.00

		Connection phases: medians, milliseconds
		  transport  path     TCP   TLS  Engine.IO handshake  Socket.IO connect  first ack  connected after
		  ─────────  ──────  ────  ────  ───────────────────  ─────────────────  ─────────  ───────────────
		  websocket  direct  0.26  1.48                 1.37               1.09       1.01             5.62
		  websocket  edge    0.34  2.09                 1.15               1.33       0.97             6.42

		Delivery: messages, bytes and errors
		  transport  path    due  sent  acked  lost  doubled  late  bytes out  bytes in  requests  errors
		  ─────────  ──────  ───  ────  ─────  ────  ───────  ────  ─────────  ────────  ────────  ──────
		  websocket  direct  400   400    400     0        0     0      32 kB     36 kB         0  none
		  websocket  edge    400   400    400     0        0     0      32 kB     36 kB         0  none
		  late: sent more than 5 ms after it was due, by a delay of the generator or of its machine.

		Cost on Cloudflare Workers: 1,000 users for a month
		  transport  requests per message  requests per user-hour  per 1,000 users a month
		  ─────────  ────────────────────  ──────────────────────  ───────────────────────
		  websocket                  0.00                       2                    $0.46
		  Assumed user: online all month, 2 sessions and 60 messages an hour, pingInterval 25 s. Requests per message are measured.
		  List prices of 2026-11-22: $0.30 per million requests, $0.02 per million CPU-ms at 1 ms a request. The amounts included in the $5 plan are not subtracted.
		"
	`);
});

test("the summary of a run is finding, validity and one table", () => {
	expect(summaryText(drawResult({ transports: ["websocket"], flags: [lost] }))).toMatchInlineSnapshot(`
		"Through edge instead of direct, the median answer takes 0.49 ms longer with websocket (1.52 instead of 1.02 ms).
		Run 1 of 5 (10 s): indicative only. npm run compare judges all 5 together.
		Valid with 1 doubt: 2 of 400 messages were lost.
		  messages_lost: lower --rate.

		Response time: from the scheduled send to the ack, milliseconds
		  transport  path    sessions  acks  acks/s   p50   p90   p95   p99  p99.9   max  added p50  added p99
		  ─────────  ──────  ────────  ────  ──────  ────  ────  ────  ────  ─────  ────  ─────────  ─────────
		  websocket  direct        10   500     100  1.02  1.72  2.00  2.39    n/a  4.02          –          –
		  websocket  edge          10   500     100  1.52  2.44  2.84  3.45    n/a  4.29      +0.49    unclear
		  added: compared with direct; unclear: no difference that this run can show.
		  n/a: too few acks; p99.9 needs 3,688.
		"
	`);
});

test("an invalid run is reported as invalid first, with the advice", () => {
	const [first, , finding, ...rest] = reportText(drawResult({ flags: [late, lost] })).split("\n");
	expect(finding).toBe("No finding: an invalid run says nothing about its target.");
	expect(first).toBe("INVALID, do not use these figures: the generator was too busy in 9 of 20 s.");
	expect(rest.slice(2, 4)).toEqual([
		"  generator_busy: lower --rate.",
		"  messages_lost: 2 of 400 messages were lost; lower --rate.",
	]);
});

test("what several load groups share is advised once, and several reasons are one sentence", () => {
	const other = { ...lost, message: "4 of 400 messages were lost." };
	const lines = reportText(drawResult({ flags: [lost, other] })).split("\n");
	expect(lines[0]).toBe("Valid with 2 doubts: 2 of 400 messages were lost; 4 of 400 messages were lost.");
	expect(lines.filter((line) => line.includes("messages_lost"))).toEqual(["  messages_lost: lower --rate."]);
});

test("a run that was stopped early is doubtful, and the report says why", () => {
	const [first] = reportText({ ...small, interrupted: true }).split("\n");
	expect(first).toBe("The run was stopped early; the figures cover the time until then.");
});

test("the first line names the fastest and the slowest, and paths that differ by noise show no difference", () => {
	const median = (transport: string) => (transport === "polling" ? 2400 : 900);
	const [first, second, third] = summaryText(drawResult({ seconds: 12, drift: 0.01, median })).split("\n");
	expect(first).toMatch(
		/^Fastest: websocket \(all paths\), too close to tell apart \(median answer after [\d.]+(?: to [\d.]+)? ms\)\. Slowest: polling \w+, 2\.\d\d ms, 2\.\d times as long\.$/,
	);
	expect(second).toBe(
		"Between edge and direct there is no difference that this run can show (websocket and polling).",
	);
	expect(third).toBe("Run 1 of 5 (48 s): indicative only. npm run compare judges all 5 together.");
});

test("of a transport that is among the fastest on one path only, that path is named", () => {
	const median = (transport: string, path: string) =>
		transport === "polling" ? 2400 : transport === "upgrade" && path === "edge" ? 1400 : 900;
	const transports = ["polling" as const, "websocket" as const, "upgrade" as const];
	const [first] = summaryText(drawResult({ transports, seconds: 12, drift: 0.01, median })).split("\n");
	expect(first).toMatch(
		/^Fastest: (websocket \(all paths\) and upgrade direct|upgrade direct and websocket \(all paths\)), too close/,
	);
});

test("of groups without a shown difference both ends are named", () => {
	const [first] = summaryText(drawResult({ seconds: 12, drift: 0.01, median: () => 900 })).split("\n");
	expect(first).toMatch(
		/^No difference that this run can show: the median answer takes [\d.]+ ms \(\w+ \w+\) to [\d.]+ ms \(\w+ \w+\)\.$/,
	);
});

test("a difference is a figure where the run shows it, and unclear where it may be noise", () => {
	const edge = (changes: { rate?: number; seconds?: number; slower: number }) => {
		const median = (_: string, path: string) => (path === "edge" ? changes.slower : 1) * 900;
		const lines = summaryText(drawResult({ transports: ["websocket"], drift: 0.01, median, ...changes }));
		return lines.split("\n").find((line) => line.startsWith("  websocket  edge"));
	};
	expect(edge({ slower: 1 })).toMatch(/unclear +unclear$/);
	expect(edge({ slower: 1.5 })).toMatch(/\+0\.\d\d +unclear$/);
	expect(edge({ slower: 1.5, rate: 400, seconds: 12 })).toMatch(/\+0\.\d\d +\+\d\.\d\d$/);
});

test("a single run names the number of runs that a verdict needs", () => {
	const single = { ...small, series: { id: "one", index: 1, of: 1 } };
	expect(summaryText(single)).toContain(
		`One 8 s run: indicative only. For a verdict, run npm run swarm -- … --repeat ${LEAST_RUNS}, then npm run compare.`,
	);
});

test("a run without any session is reported without a figure", () => {
	const empty = drawResult({ transports: ["websocket"], seconds: 0 });
	for (const group of empty.groups) group.counts.sessionsOpen = 0;
	expect(summaryText(empty)).toContain("No session was opened: see the errors below.");
});

test("Markdown has the same tables for a comment or a wiki", () => {
	expect(reportMarkdown(small)).toMatchInlineSnapshot(`
		"## Load test: echo

		✅ **Valid: the generator kept to its schedule and all checks passed.**

		Through edge instead of direct, the median answer takes 0.33 ms longer with websocket (1.38 instead of 1.05 ms).  
		Run 1 of 5 (8 s): indicative only. npm run compare judges all 5 together.

		<sub>scenario echo · 2 groups of 10 clients · 100 msg/s each · 64 B · 8 s measured · seed 1 · 2026-11-23 09:00 UTC</sub>

		**Response time: from the scheduled send to the ack, milliseconds**

		| transport | path | sessions | acks | acks/s | p50 | p90 | p95 | p99 | p99.9 | max | added p50 | added p99 |
		| :-- | :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
		| websocket | direct | 10 | 400 | 100 | 1.05 | 1.72 | 2.04 | 2.38 | n/a | 4.02 | – | – |
		| websocket | edge | 10 | 400 | 100 | 1.38 | 2.28 | 2.66 | 3.22 | n/a | 4.00 | +0.33 | unclear |

		<sub>added: compared with direct; unclear: no difference that this run can show.</sub>  
		<sub>n/a: too few acks; p99.9 needs 3,688.</sub>  

		**Service time: from the actual send to the ack, milliseconds**

		| transport | path | p50 | p90 | p95 | p99 | p99.9 | max |
		| :-- | :-- | --: | --: | --: | --: | --: | --: |
		| websocket | direct | 0.95 | 1.57 | 1.76 | 2.23 | n/a | 4.02 |
		| websocket | edge | 1.26 | 2.07 | 2.41 | 2.98 | n/a | 4.00 |

		**Connection phases: medians, milliseconds**

		| transport | path | TCP | TLS | Engine.IO handshake | Socket.IO connect | first ack | connected after |
		| :-- | :-- | --: | --: | --: | --: | --: | --: |
		| websocket | direct | 0.26 | 1.48 | 1.37 | 1.09 | 1.01 | 5.62 |
		| websocket | edge | 0.34 | 2.09 | 1.15 | 1.33 | 0.97 | 6.42 |

		**Delivery: messages, bytes and errors**

		| transport | path | due | sent | acked | lost | doubled | late | bytes out | bytes in | requests | errors |
		| :-- | :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: | :-- |
		| websocket | direct | 400 | 400 | 400 | 0 | 0 | 0 | 32 kB | 36 kB | 0 | none |
		| websocket | edge | 400 | 400 | 400 | 0 | 0 | 0 | 32 kB | 36 kB | 0 | none |

		<sub>late: sent more than 5 ms after it was due, by a delay of the generator or of its machine.</sub>  

		**Cost on Cloudflare Workers: 1,000 users for a month**

		| transport | requests per message | requests per user-hour | per 1,000 users a month |
		| :-- | --: | --: | --: |
		| websocket | 0.00 | 2 | $0.46 |

		<sub>Assumed user: online all month, 2 sessions and 60 messages an hour, pingInterval 25 s. Requests per message are measured.</sub>  
		<sub>List prices of 2026-11-22: $0.30 per million requests, $0.02 per million CPU-ms at 1 ms a request. The amounts included in the $5 plan are not subtracted.</sub>  
		"
	`);
});

test("outcomes of a scenario have their own table, with times in milliseconds", () => {
	const ramp = drawResult({ transports: ["websocket"], paths: ["edge"] });
	const found = [
		{ name: "knee", value: 412.5, unit: "sessions/s", transport: "websocket" as const, path: "edge" },
		{ name: "recovered_95", value: 1_240_000, unit: "us" },
	];
	const text = reportText({ ...ramp, outcomes: found });
	expect(text).toMatch(
		/What the scenario found\n.*\n.*\n {2}knee +websocket +edge +413 +sessions\/s\n {2}recovered_95 +all +all +1,240 +ms/,
	);
	expect(reportText(ramp)).not.toContain("What the scenario found");
});

test("errors and cut sessions are named by kind, the most frequent first", () => {
	const broken = drawResult({ transports: ["websocket"], paths: ["edge"] });
	Object.assign(broken.groups[0]!, { errors: { timeout: 2, connect_refused: 5 } });
	broken.groups[0]!.counts.sessionsLost = 1;
	expect(reportText(broken)).toContain("1 session cut, connect_refused 5, timeout 2");
});

test("the report of one machine of several says which one, with its share of the rate", () => {
	const extra = { machine: { number: 2, of: 3 } };
	const share = { ...small, plan: { ...small.plan, extra, rate: 100 / 3 } };
	expect(reportText(share)).toContain(
		"scenario echo · machine 2 of 3 · 2 groups of 10 clients · 33.33 msg/s each",
	);
});
