import { describe, expect, it } from "vitest";
import { livePart, pageOf } from "../../../../worker/stats/views/page.ts";
import { ago, bytes, integer, percent, rate } from "../../../../worker/stats/views/text.ts";
import { NO_CHECK, statisticsOf, TOTALS, verdictWith } from "../../support/statistics.ts";

const html = pageOf(statisticsOf(), "the-nonce");

const cardOf = (part: string, node: string) =>
	/<article[\s\S]*?<\/article>/.exec(part.slice(part.indexOf(`data-key="app/${node}"`) - 40))![0];

describe("the statistics page", () => {
	it("loads no external resource, and all its style and script has the nonce", () => {
		expect(html.match(/(?:src|href|url\()[^ >]*/g)).toEqual(['href="data:,"']);
		expect(html.match(/<(?:script|style)[^>]*>/g)).toEqual([
			'<style nonce="the-nonce">',
			'<script nonce="the-nonce">',
		]);
		expect(html).not.toMatch(/ on[a-z]+=|style="/);
	});

	it("shows every node with its state and fault", () => {
		const part = livePart(statisticsOf());
		for (const state of ["UP", "DOWN", "DRAIN"])
			expect(part).toContain(`<span class="state">${state}</span>`);
		expect(part).toContain("slow start: 50 %");
		expect(part).toContain("generates session ids without its tag");
		expect(part).toContain("<b>1</b> of 3 nodes".replace(/<\/?b>/g, ""));
		expect(part).toContain("75.0 %");
	});

	it("shows a node without a check as UP, with the hint", () => {
		const part = livePart(statisticsOf(verdictWith({ n1: NO_CHECK })));
		const card = cardOf(part, "n1");
		expect(card).toContain('<span class="state">UP</span>');
		expect(card).toContain("check NO CHECK, Engine.IO answers in 2 ms");
		expect(card).toContain(
			"health_path = &quot;/socket.io/?EIO=4&amp;transport=none&quot; and health = { status = 400 }",
		);
		expect(part).toContain("1 of 3 nodes take new sessions");
	});

	it("shows the fix of each warning, once and escaped", () => {
		const verdict = verdictWith({ n1: { warnings: [{ code: "keep_alive", fix: "set <it>" }] } });
		const warnings = {
			"app/n1": {
				handshakes_fail: "health OK, handshakes fail",
				poll_timeout: "pingInterval exceeds timeouts.poll: lower it",
				new_code: "what to do",
			},
		};
		const card = cardOf(livePart(statisticsOf(verdict, { ...TOTALS, warnings })), "n1");
		const shown = [...card.matchAll(/<li[^>]*>(.*?)<\/li>/g)].map(([, item]) => item);
		expect(shown).toEqual([
			"⚠ set &lt;it&gt;",
			"⚠ health OK, handshakes fail",
			"⚠ pingInterval exceeds timeouts.poll: lower it",
			"⚠ what to do",
		]);
	});

	it("shows an operator's weight beside the configured one, with a button that clears it", () => {
		const card = cardOf(
			livePart(statisticsOf(verdictWith({ n1: { weight: 20, operatorWeight: 20 } }))),
			"n1",
		);
		expect(card).toContain("weight <b>20</b> (operator's; configured 100)");
		expect(card).toContain('data-node="n1" data-weight="null"');
		expect(cardOf(livePart(statisticsOf()), "n1")).not.toContain("data-weight");
	});

	it("gives every card, row and entry a key that its siblings do not have", () => {
		const keys = [...livePart(statisticsOf()).matchAll(/<(article|tr|section) [^>]*data-key="([^"]+)"/g)].map(
			([, tag, key]) => `${tag} ${key}`,
		);
		expect(keys).toContain("article app/n2");
		expect(keys).toContain("tr app_polling/n2");
		expect(new Set(keys).size).toBe(keys.length);
	});

	it("escapes text from nodes", () => {
		expect(html).toContain("L4CON &lt;b&gt;refused&lt;/b&gt;");
		expect(html).not.toContain("<b>refused");
	});

	it("reports when the monitor or the ledger does not answer", () => {
		const alone = { ...statisticsOf(null), source: "isolate" as const };
		expect(livePart(alone)).toContain("monitor is not bound or does not answer");
		expect(livePart(alone)).toContain("this isolate alone");
		const silent = { ...alone, source: "isolate_ledger_silent" as const };
		expect(livePart(silent)).toContain("the ledger does not answer, so these numbers are incomplete");
		expect(livePart(statisticsOf())).toContain("all isolates, 4 active within the last minute");
	});

	it("has the same structure for other numbers, so that a refresh changes only cells", () => {
		const structure = (text: string) =>
			text.replace(/>[^<]*</g, "><").replace(/ (class|aria-pressed)="[^"]*"/g, "");
		const statistics = statisticsOf();
		const later = {
			...statistics,
			rows: statistics.rows.map((row) => ({ ...row, rate: row.rate + 1, total: row.total * 3 })),
		};
		expect(structure(livePart(later))).toBe(structure(livePart(statistics)));
		expect(livePart(later)).not.toBe(livePart(statistics));
	});
});

describe("numbers on the page are formatted as", () => {
	it.each([
		[integer(1_234_567), "1 234 567"],
		[integer(999), "999"],
		[rate(0.04), "0.04"],
		[rate(0), "0"],
		[rate(2), "2"],
		[rate(1234.5), "1 235"],
		[bytes(999), "999"],
		[bytes(2_500_000), "2.5 MB"],
		[ago(59), "59 s"],
		[ago(3725), "1 h 2 min"],
		[ago(90_061), "1 d 1 h"],
		[percent(0.756), "75.6 %"],
		[percent(1), "100 %"],
	])("%s", (shown, expected) => {
		expect(shown.replaceAll(" ", " ")).toBe(expected);
	});
});
