/** The pages in a real browser, opened from disk: light, dark, narrow, print, and without JavaScript. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compare } from "../../loadtest/compare/comparison.ts";
import { comparisonPage } from "../../loadtest/compare/page.ts";
import { parseBudgets } from "../../loadtest/report/budgets/budget.ts";
import { judgeRun } from "../../loadtest/report/budgets/judge.ts";
import { reportPage } from "../../loadtest/report/page.ts";
import { CHROMIUM, openFile, startBrowser } from "../support/report/browser.ts";
import { drawResult } from "../support/report/results.ts";
import { ABBA, runsAt } from "../support/report/runs.ts";

const SCREENS: [string, BrowserContextOptions][] = [
	["light", { viewport: { width: 1100, height: 900 }, colorScheme: "light" }],
	["dark", { viewport: { width: 1100, height: 900 }, colorScheme: "dark" }],
	["narrow", { viewport: { width: 360, height: 740 } }],
	["without JavaScript", { viewport: { width: 1100, height: 900 }, javaScriptEnabled: false }],
];

describe.skipIf(!CHROMIUM && !process.env["CI"])("reports in Chromium (tool: chromium)", () => {
	let browser: Browser;
	let folder: string;
	const file = (name: string) => join(folder, `${name}.html`);

	beforeAll(async () => {
		browser = await startBrowser();
		folder = await mkdtemp(join(tmpdir(), "report-page-"));
		const transports = ["polling", "websocket", "upgrade", "flashsocket"] as const;
		const run = drawResult({ transports: [...transports] });
		const lines =
			"p50 edge polling <= 0.1 ms\nshare <= 200 ms edge websocket >= 99.9 %\nloss edge upgrade <= 1 %";
		await writeFile(file("report"), reportPage(run, judgeRun(parseBudgets(lines, "limits.txt"), run)));
		const comparison = compare({
			candidate: runsAt(ABBA.a, "a", {}, 1.6),
			subject: { kind: "runs", base: runsAt(ABBA.b, "b") },
			metric: "ack",
			margin: 0.1,
			primary: undefined,
			blocks: false,
			budgets: [],
		});
		await writeFile(file("comparison"), comparisonPage(comparison));
	});

	afterAll(async () => {
		await browser?.close();
		await rm(folder, { recursive: true, force: true });
	});

	for (const [screen, options] of SCREENS)
		test.each(["report", "comparison"])(
			`the %s opens ${screen} without console message, request or sideways scrolling`,
			async (name) => {
				const { page, complaints, requests } = await openFile(browser, file(name), options);
				expect(complaints).toEqual([]);
				expect(requests).toEqual([`file://${file(name)}`]);
				expect(await page.locator("h1").isVisible()).toBe(true);
				const shown = screen === "narrow" ? "svg.narrow" : "svg.wide";
				expect(await page.locator(shown).first().isVisible()).toBe(true);
				if (options.javaScriptEnabled !== false) expect(await sidewaysScroll(page)).toBe(0);
				await page.close();
			},
		);

	test("every text in the charts has enough contrast, light and dark", async () => {
		for (const colorScheme of ["light", "dark"] as const) {
			const { page } = await openFile(browser, file("report"), { colorScheme });
			const ratios = await page.evaluate<{ text: string; ratio: number }[]>(CONTRASTS);
			expect(ratios.length).toBeGreaterThan(10);
			expect(ratios.filter(({ ratio }) => !(ratio >= 4.5))).toEqual([]);
			await page.close();
		}
	});

	test("without JavaScript the table of seconds opens and shows every second of every group", async () => {
		const { page } = await openFile(browser, file("report"), { javaScriptEnabled: false });
		const rows = page.locator("details tbody tr");
		expect(await rows.count()).toBe(8 * 5);
		expect(await rows.first().isVisible()).toBe(false);
		await page.locator("details summary").click();
		expect(await rows.first().isVisible()).toBe(true);
		await page.close();
	});

	test("the content policy blocks a script that was inserted into the file", async () => {
		const tampered = (await readFile(file("report"), "utf8")).replace(
			"<h1>",
			"<script>document.title='stolen'</script><h1>",
		);
		await writeFile(file("tampered"), tampered);
		const { page, complaints } = await openFile(browser, file("tampered"));
		expect(await page.title()).toBe("Load test: echo");
		expect(complaints.join()).toContain("Content Security Policy");
		await page.close();
	});

	test("printed, the page is light even on a dark screen, and nothing is cut off at the side", async () => {
		const { page } = await openFile(browser, file("report"), {
			viewport: { width: 718, height: 1000 },
			colorScheme: "dark",
		});
		await page.emulateMedia({ media: "print", colorScheme: "dark" });
		expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
		expect(await sidewaysScroll(page)).toBe(0);
		const pdf = await page.pdf({ format: "A4" });
		expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
		await page.close();
	});
});

function sidewaysScroll(page: Page): Promise<number> {
	return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/** Runs in the page: the WCAG contrast of each text with the page (texts inside bars have a background of their own). */
const CONTRASTS = `(() => {
	const light = (colour) => {
		const [r, g, b] = colour.match(/\\d+/g).map((part) => {
			const share = Number(part) / 255;
			return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ground = light(getComputedStyle(document.body).backgroundColor);
	return [...document.querySelectorAll("svg.wide text:not(.in)")].map((element) => {
		const ink = light(getComputedStyle(element).fill);
		const ratio = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
		return { text: element.textContent, ratio };
	});
})()`;
