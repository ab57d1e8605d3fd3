import { describe, expect, it } from "vitest";
import { admin } from "../../../worker/admin/router.ts";
import type { Env } from "../../../worker/env.ts";
import { isolateOf, parsedUrl } from "../support/pools.ts";

/** Requests one view of the statistics from the admin router. `answer` makes the state process's answers; null = none is bound. */
async function read(view: string, answer: (() => Promise<Response>) | null): Promise<Response> {
	const url = `https://edge.test/__edge/${view}`;
	const request = new Request(url, { headers: { authorization: "Bearer s3cret-token" } });
	const env = (answer === null ? {} : { STATE: { fetch: answer } }) as unknown as Env;
	const source = isolateOf({}, { EDGE_TOKEN: "s3cret-token" });
	return admin.fetch(request, { source, env, parsed: parsedUrl(url), clientIp: "192.0.2.1" });
}

const SILENT = [
	["unavailable", () => Promise.reject(new Error("unavailable"))],
	["failing", () => Promise.resolve(new Response("", { status: 500 }))],
] as const;

describe.each(SILENT)("while the ledger is bound but %s", (_state, answer) => {
	it.each(["metrics", "stats.csv"])(
		"%s answers 503, so that no machine sees counters decrease",
		async (view) => {
			const response = await read(view, answer);
			expect(response.status).toBe(503);
			expect(response.headers.get("cache-control")).toBe("no-store");
			expect(await response.json()).toMatchObject({ code: "EDGE_STATE" });
		},
	);

	it("the page and the JSON show the counts of this isolate, with a note that they are incomplete", async () => {
		expect(await (await read("stats.json", answer)).json()).toMatchObject({
			source: "isolate_ledger_silent",
			isolates: 1,
		});
		for (const view of ["stats", "stats/live"])
			expect(await (await read(view, answer)).text()).toContain("these numbers are incomplete");
	});
});

describe("where no ledger is bound", () => {
	it.each([
		["metrics", "haproxy_frontend_http_requests_total"],
		["stats.csv", "edge,FRONTEND,"],
	])("%s has the counts of this isolate", async (view, part) => {
		const response = await read(view, null);
		expect(response.status).toBe(200);
		expect(await response.text()).toContain(part);
	});
});
