import { describe, expect, it } from "vitest";
import { app } from "../../../worker/app.ts";
import type { Env } from "../../../worker/env.ts";
import { classify } from "../../../worker/request/classify.ts";
import { edgeOf } from "../support/pools.ts";

/** Asks a face of the statistics by the edge's own router; `answer` is the state process's, null = none is bound. */
async function read(face: string, answer: (() => Promise<Response>) | null): Promise<Response> {
	const url = `https://edge.test/__edge/${face}`;
	const request = new Request(url, { headers: { authorization: "Bearer s3cret" } });
	const env = (answer === null ? {} : { STATE: { fetch: answer } }) as unknown as Env;
	const edge = edgeOf({}, { EDGE_TOKEN: "s3cret" });
	return app.fetch(request, { edge, env, asked: classify("GET", url, null, []) });
}

const SILENT = [
	["away", () => Promise.reject(new Error("gone"))],
	["failing", () => Promise.resolve(new Response("", { status: 500 }))],
] as const;

describe.each(SILENT)("while the ledger is bound but %s", (_how, answer) => {
	it.each(["metrics", "stats.csv"])("%s is refused, so that no machine sees counters fall", async (face) => {
		const response = await read(face, answer);
		expect(response.status).toBe(503);
		expect(response.headers.get("cache-control")).toBe("no-store");
		expect(await response.json()).toMatchObject({ code: "EDGE_STATE" });
	});

	it("people are shown what this isolate counted, and told that it is only a part", async () => {
		expect(await (await read("stats.json", answer)).json()).toMatchObject({
			source: "isolate_ledger_silent",
			isolates: 1,
		});
		for (const face of ["stats", "stats/live"])
			expect(await (await read(face, answer)).text()).toContain("these numbers are only a part");
	});
});

describe("where no ledger is bound", () => {
	it.each([
		["metrics", "haproxy_frontend_http_requests_total"],
		["stats.csv", "edge,FRONTEND,"],
	])("%s gives what this isolate counted: it is all there is", async (face, part) => {
		const response = await read(face, null);
		expect(response.status).toBe(200);
		expect(await response.text()).toContain(part);
	});
});
