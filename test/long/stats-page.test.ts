/** The statistics page in a real browser: what a refresh changes, and on which node a button acts. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CHROMIUM, startBrowser } from "../support/report/browser.ts";

interface Rendered {
	readonly page: string;
	readonly live: string;
}

/** Loaded by its address, since the types of Workers and of Node.js cannot be checked together. */
const PAGES = new URL("../worker/support/pages.ts", import.meta.url).href;
const { pagesOf } = (await import(PAGES)) as {
	pagesOf(ids: readonly string[], variant?: string): Rendered;
};
const FIRST = pagesOf(["n1", "n2", "n3"]);

describe.skipIf(!CHROMIUM && !process.env["CI"])("the statistics page in Chromium (tool: chromium)", () => {
	let browser: Browser;
	let page: Page;
	let server: Server;
	let rendered: Rendered;
	const changes: { path: string; body: unknown }[] = [];
	const complaints: string[] = [];

	beforeAll(async () => {
		browser = await startBrowser();
		server = createServer(answer);
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	});
	afterAll(async () => {
		await browser?.close();
		server?.closeAllConnections();
		server?.close();
	});
	beforeEach(async () => {
		rendered = FIRST;
		changes.length = 0;
		complaints.length = 0;
		await page?.close();
		page = await browser.newPage();
		page.on("console", (message) => complaints.push(message.text()));
		page.on("pageerror", (error) => complaints.push(String(error)));
		page.on("dialog", (dialog) => void dialog.accept("anna"));
		await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/__edge/stats`);
	});

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = request.url!;
		if (request.method === "POST") {
			const body = Buffer.concat(await request.toArray()).toString();
			changes.push({ path, body: JSON.parse(body) });
			response.setHeader("content-type", "application/json");
			response.end("{}");
			return;
		}
		response.setHeader("content-type", "text/html; charset=utf-8");
		response.end(path.endsWith("/live") ? rendered.live : rendered.page);
	}

	/** Refreshes the page as it does every 5 s. Resolves when the page is patched. */
	async function refresh(next: Rendered): Promise<void> {
		rendered = next;
		await page.evaluate('document.getElementById("stale").textContent = "waiting"');
		await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
		await page.waitForFunction('document.getElementById("stale").textContent === ""');
	}

	const names = () => page.locator("article h3 span:first-child").allTextContents();
	const live = () => page.locator("#live").innerHTML();

	/** The live part as the browser writes it. */
	function parsed({ live: html }: Rendered): Promise<string> {
		return page.evaluate<string>(
			`(() => { const element = document.createElement("div"); element.innerHTML = ${JSON.stringify(html)}; return element.innerHTML; })()`,
		);
	}

	test.each<[string, Rendered]>([
		["reorders its nodes", pagesOf(["n2", "n3", "n1"])],
		["reverses its nodes", pagesOf(["n3", "n2", "n1"])],
		["removes a node", pagesOf(["n1", "n3"])],
		["removes one node and moves another", pagesOf(["n3", "n2"])],
		["adds nodes before the others", pagesOf(["n8", "n9", "n1", "n2", "n3"])],
		["replaces all nodes", pagesOf(["n7", "n8"])],
		["loses the monitor", pagesOf(["n1", "n2", "n3"], "no_monitor")],
		["adds a warning, a hint and an operator's weight", pagesOf(["n1", "n2", "n3"], "notes")],
		["counts a denial for the first time", pagesOf(["n1", "n2", "n3"], "denial")],
	])(
		"looks after a deploy that %s as if it were loaded again, and so it does back again",
		async (_what, next) => {
			await refresh(next);
			expect(await live()).toBe(await parsed(next));
			expect(await live()).not.toBe(await parsed(FIRST));
			await refresh(FIRST);
			expect(await live()).toBe(await parsed(FIRST));
			expect(complaints).toEqual([]);
		},
	);

	test("a button changes the node under whose name it stands after a deploy reordered the nodes", async () => {
		await refresh(pagesOf(["n2", "n1", "n3"]));
		expect(await names()).toEqual(["n2", "n1", "n3"]);
		expect(await page.locator('tr[data-key^="app_polling/"] th').allTextContents()).toEqual([
			"polling",
			"n2",
			"n1",
			"n3",
		]);
		const card = page.locator("article").filter({ has: page.getByText("n2", { exact: true }) });
		const sent = page.waitForResponse((response) => response.request().method() === "POST");
		await card.getByRole("button", { name: "drain" }).click();
		await sent;
		expect(changes).toEqual([{ path: "/__edge/nodes/n2", body: { state: "drain" } }]);
	});

	test("a card keeps its element and its focus when it moves", async () => {
		await page.evaluate(`window.card = document.querySelector('[data-key="app/n3"]')`);
		await page.locator('[data-key="app/n3"] button[data-state="maint"]').focus();
		await refresh(pagesOf(["n3", "n1", "n2"]));
		expect(await page.evaluate(`window.card === document.querySelector("article")`)).toBe(true);
		expect(await page.evaluate("({ ...document.activeElement.dataset })")).toMatchObject({
			node: "n3",
			state: "maint",
		});
	});

	test("the button for the configured weight clears the operator's at the node beside which it stands", async () => {
		await refresh(pagesOf(["n3", "n2", "n1"], "weight"));
		const sent = page.waitForResponse((response) => response.request().method() === "POST");
		await page.getByRole("button", { name: "configured weight" }).click();
		await sent;
		expect(changes).toEqual([{ path: "/__edge/nodes/n2", body: { weight: null } }]);
	});

	test("errors, faults and a failed refresh are written in red", async () => {
		const colours = await page.evaluate<Record<string, string>>(`(() => {
			document.querySelector(".fault").textContent = "a fault";
			const cell = document.querySelector("tbody td");
			cell.className = "bad";
			const colourOf = (element) => getComputedStyle(element).color;
			const [stale, fault] = [document.getElementById("stale"), document.querySelector(".fault")];
			return { ink: colourOf(document.body), stale: colourOf(stale), fault: colourOf(fault), cell: colourOf(cell) };
		})()`);
		expect(colours).toMatchObject({ stale: colours["cell"], fault: colours["cell"] });
		expect(colours["cell"]).not.toBe(colours["ink"]);
	});

	test.each([360, 900, 1360])(
		"does not scroll sideways with hints, warnings and many nodes at %i px",
		async (width) => {
			const ids = Array.from({ length: 24 }, (_, i) => `n${i + 1}`);
			await page.setViewportSize({ width, height: 800 });
			await refresh(pagesOf(ids, "notes"));
			expect(await names()).toEqual(ids);
			const sideways = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
			expect(await page.evaluate(sideways)).toBe(0);
		},
	);
});
