import { describe, expect, it } from "vitest";
import { deny } from "../../../worker/policy/denial.ts";
import { parsed, poolOf } from "../support/pools.ts";

const POOL = poolOf();

describe("the answer to a denied request", () => {
	it.each<[Parameters<typeof deny>[0], number, number]>([
		["duplicate", 400, 3],
		["method", 400, 2],
		["eio", 400, 5],
		["transport", 400, 0],
		["no_upgrade", 400, 3],
		["unwanted_upgrade", 400, 3],
		["websocket_version", 426, 3],
		["origin", 403, 4],
		["jsonp", 403, 4],
		["body", 413, 3],
	])(
		"for %s has status %i and code %i, in Engine.IO's form, with CORS headers",
		async (reason, status, code) => {
			const headers = { origin: "https://page.test" };
			const request = parsed("POST", "/socket.io/?EIO=4&transport=polling", null, headers);
			const denial = deny(reason, request, POOL);
			expect(denial.response.status).toBe(status);
			expect(denial.response.headers.get("access-control-allow-origin")).toBe("https://page.test");
			expect(denial.response.headers.get("access-control-allow-credentials")).toBe("true");
			expect(denial.response.headers.get("vary")).toBe("origin");
			const body = (await denial.response.json()) as { code: number; message: string };
			expect(body.code).toBe(code);
			expect(body.message).toMatch(/^[A-Z][a-z ]+ID? ?[a-z ]*: .{10}|^[A-Z][a-z ]+: .{10}/);
		},
	);

	it("names the supported WebSocket version, and a proxy as the cause of a missing Upgrade header", async () => {
		const request = parsed("GET", "/socket.io/?EIO=4&transport=websocket");
		expect(deny("websocket_version", request, POOL).response.headers.get("sec-websocket-version")).toBe("13");
		expect(await deny("no_upgrade", request, POOL).response.text()).toContain("a proxy between");
	});

	it("names a denied origin and the line that admits it, bounded and escaped", async () => {
		const of = async (origin: string) => {
			const request = parsed("GET", "/socket.io/?EIO=4&transport=polling", null, { origin });
			const { detail, response } = deny("origin", request, POOL);
			return { detail, message: ((await response.json()) as { message: string }).message };
		};
		expect(await of("https://app.test")).toEqual({
			detail: "https://app.test",
			message:
				'Forbidden: the page\'s origin may not connect here; to admit it, set in the pool: origins = ["https://app.test"]',
		});
		const long = await of(`https://${"a".repeat(2000)}"`);
		expect(long.detail).toHaveLength(100);
		expect(long.message.length).toBeLessThan(170);
	});

	it("has a detail only where the log would tell too little without it", () => {
		expect(deny("eio", parsed("GET", "/socket.io/?EIO=9&transport=polling"), POOL).detail).toBeNull();
	});
});
