/** The report's texts, compared whole: drawn results, so every figure below comes from the seed. */
import { expect, test } from "vitest";
import { renderReport } from "../../../loadtest/report/render.ts";
import { summaryText } from "../../../loadtest/report/text.ts";
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

test("the terminal report says validity first, then the finding, then the tables", () => {
	expect(renderReport(small, "text")).toMatchInlineSnapshot(`
		"Valid: the generator kept its schedule, and no check objects.

		The edge adds +0.33 ms to the median answer over direct, +0.85 ms to the slowest in a hundred (websocket).
		scenario echo · 2 groups of 10 clients · 100 msg/s each · 64 B · 8 s measured · seed 1 · 2026-11-23 09:00 UTC

		Response time: from the intended send to the ack, milliseconds
		  transport  path    sessions  acks  acks/s   p50   p90   p99  p99.9   max  added p50  added p99
		  ─────────  ──────  ────────  ────  ──────  ────  ────  ────  ─────  ────  ─────────  ─────────
		  websocket  direct        10   400     100  1.05  1.72  2.38    n/a  4.02          –          –
		  websocket  edge          10   400     100  1.38  2.28  3.22    n/a  4.00      +0.33      +0.85
		  added: over the direct path, a difference of quantiles.
		  n/a: too few acks for that quantile; p99.9 needs 3,688.

		Service time: from the real send to the ack, milliseconds
		  transport  path     p50   p90   p99  p99.9   max
		  ─────────  ──────  ────  ────  ────  ─────  ────
		  websocket  direct  0.95  1.57  2.23    n/a  4.02
		  websocket  edge    1.26  2.07  2.98    n/a  4.00

		Connection phases: median of each, milliseconds
		  transport  path     TCP   TLS  Engine.IO  Socket.IO  first ack  whole
		  ─────────  ──────  ────  ────  ─────────  ─────────  ─────────  ─────
		  websocket  direct  0.26  1.48       1.37       1.09       1.01   5.62
		  websocket  edge    0.34  2.09       1.15       1.33       0.97   6.42

		Delivery: messages, bytes and errors
		  transport  path    due  sent  acked  lost  doubled  late    out     in  requests  errors
		  ─────────  ──────  ───  ────  ─────  ────  ───────  ────  ─────  ─────  ────────  ──────
		  websocket  direct  400   400    400     0        0     0  32 kB  36 kB         0  none
		  websocket  edge    400   400    400     0        0     0  32 kB  36 kB         0  none
		  late: sent more than 5 ms after it was due, by the generator's own fault.

		Cost on Cloudflare Workers: 1,000 users for a month
		  transport  requests per message  requests per user-hour  per 1,000 users a month
		  ─────────  ────────────────────  ──────────────────────  ───────────────────────
		  websocket                  0.00                       2                    $0.46
		  A user online all month: 2 sessions an hour, 60 messages an hour, pingInterval 25 s; requests per message as measured.
		  List prices of 2026-11-22: $0.30 per million requests, $0.02 per million CPU-ms at 1 ms a request; the $5 plan's included amounts are not taken off.
		"
	`);
});

test("the summary of a run is validity, finding and one table", () => {
	expect(summaryText(drawResult({ transports: ["websocket"], flags: [lost] }))).toMatchInlineSnapshot(`
		"Valid with 1 doubt: 2 of 400 messages were lost.
		  messages_lost: 2 of 400 messages were lost. lower --rate.
		The edge adds +0.49 ms to the median answer over direct, +1.06 ms to the slowest in a hundred (websocket).

		Response time: from the intended send to the ack, milliseconds
		  transport  path    sessions  acks  acks/s   p50   p90   p99  p99.9   max  added p50  added p99
		  ─────────  ──────  ────────  ────  ──────  ────  ────  ────  ─────  ────  ─────────  ─────────
		  websocket  direct        10   500     100  1.02  1.72  2.39    n/a  4.02          –          –
		  websocket  edge          10   500     100  1.52  2.44  3.45    n/a  4.29      +0.49      +1.06
		  added: over the direct path, a difference of quantiles.
		  n/a: too few acks for that quantile; p99.9 needs 3,688.
		"
	`);
});

test("an invalid run says so before anything else, with the advice", () => {
	const [first, second, ...rest] = renderReport(drawResult({ flags: [late, lost] }), "text").split("\n");
	expect(rest).toContain("No finding: an invalid run says nothing about its target.");
	expect(first).toBe("INVALID, do not use these figures: the generator was too busy in 9 of 20 s.");
	expect(second).toBe("  generator_busy: the generator was too busy in 9 of 20 s. lower --rate.");
});

test("a run stopped early is doubtful and says that its figures end there", () => {
	const [first] = renderReport({ ...small, interrupted: true }, "text").split("\n");
	expect(first).toBe("The run was stopped early; the figures cover the time until then.");
});

test("a tail that came out faster through one more hop is called what it is: not settled by one run", () => {
	const faster = (_: string, path: string) => (path === "edge" ? 800 : 900);
	const text = summaryText(drawResult({ transports: ["websocket"], median: faster }));
	expect(text).toMatch(
		/at p99 −[\d.]+ ms, which one run cannot settle: swarm --repeat 5, then npm run compare\./,
	);
});

test("a run without a single session says so instead of a figure", () => {
	const empty = drawResult({ transports: ["websocket"], seconds: 0 });
	for (const group of empty.groups) group.counts.sessionsOpen = 0;
	expect(summaryText(empty)).toContain("No session was opened: see the errors below.");
});

test("Markdown has the same tables for a comment or a wiki", () => {
	expect(renderReport(small, "markdown")).toMatchInlineSnapshot(`
		"## Load test: echo

		✅ **Valid: the generator kept its schedule, and no check objects.**

		The edge adds +0.33 ms to the median answer over direct, +0.85 ms to the slowest in a hundred (websocket).

		<sub>scenario echo · 2 groups of 10 clients · 100 msg/s each · 64 B · 8 s measured · seed 1 · 2026-11-23 09:00 UTC</sub>

		**Response time: from the intended send to the ack, milliseconds**

		| transport | path | sessions | acks | acks/s | p50 | p90 | p99 | p99.9 | max | added p50 | added p99 |
		| :-- | :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
		| websocket | direct | 10 | 400 | 100 | 1.05 | 1.72 | 2.38 | n/a | 4.02 | – | – |
		| websocket | edge | 10 | 400 | 100 | 1.38 | 2.28 | 3.22 | n/a | 4.00 | +0.33 | +0.85 |

		<sub>added: over the direct path, a difference of quantiles.</sub>  
		<sub>n/a: too few acks for that quantile; p99.9 needs 3,688.</sub>  

		**Service time: from the real send to the ack, milliseconds**

		| transport | path | p50 | p90 | p99 | p99.9 | max |
		| :-- | :-- | --: | --: | --: | --: | --: |
		| websocket | direct | 0.95 | 1.57 | 2.23 | n/a | 4.02 |
		| websocket | edge | 1.26 | 2.07 | 2.98 | n/a | 4.00 |

		**Connection phases: median of each, milliseconds**

		| transport | path | TCP | TLS | Engine.IO | Socket.IO | first ack | whole |
		| :-- | :-- | --: | --: | --: | --: | --: | --: |
		| websocket | direct | 0.26 | 1.48 | 1.37 | 1.09 | 1.01 | 5.62 |
		| websocket | edge | 0.34 | 2.09 | 1.15 | 1.33 | 0.97 | 6.42 |

		**Delivery: messages, bytes and errors**

		| transport | path | due | sent | acked | lost | doubled | late | out | in | requests | errors |
		| :-- | :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: | :-- |
		| websocket | direct | 400 | 400 | 400 | 0 | 0 | 0 | 32 kB | 36 kB | 0 | none |
		| websocket | edge | 400 | 400 | 400 | 0 | 0 | 0 | 32 kB | 36 kB | 0 | none |

		<sub>late: sent more than 5 ms after it was due, by the generator's own fault.</sub>  

		**Cost on Cloudflare Workers: 1,000 users for a month**

		| transport | requests per message | requests per user-hour | per 1,000 users a month |
		| :-- | --: | --: | --: |
		| websocket | 0.00 | 2 | $0.46 |

		<sub>A user online all month: 2 sessions an hour, 60 messages an hour, pingInterval 25 s; requests per message as measured.</sub>  
		<sub>List prices of 2026-11-22: $0.30 per million requests, $0.02 per million CPU-ms at 1 ms a request; the $5 plan's included amounts are not taken off.</sub>  
		"
	`);
});

test("what a scenario found stands in a table of its own, times in milliseconds", () => {
	const ramp = drawResult({ transports: ["websocket"], paths: ["edge"] });
	const found = [
		{ name: "knee", value: 412.5, unit: "sessions/s", transport: "websocket" as const, path: "edge" },
		{ name: "recovered_95", value: 1_240_000, unit: "us" },
	];
	const text = renderReport({ ...ramp, outcomes: found }, "text");
	expect(text).toMatch(
		/What the scenario found\n.*\n.*\n {2}knee +websocket +edge +413 +sessions\/s\n {2}recovered_95 +all +all +1,240 +ms/,
	);
	expect(renderReport(ramp, "text")).not.toContain("What the scenario found");
});

test("errors and cut sessions are named by kind, the most frequent first", () => {
	const broken = drawResult({ transports: ["websocket"], paths: ["edge"] });
	Object.assign(broken.groups[0]!, { errors: { timeout: 2, connect_refused: 5 } });
	broken.groups[0]!.counts.sessionsLost = 1;
	expect(renderReport(broken, "text")).toContain("1 session cut, connect_refused 5, timeout 2");
});
