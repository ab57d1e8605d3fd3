import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEADERS } from "../../../worker/contract.ts";
import { isClaim, nodeHeaders } from "../../../worker/forward/headers.ts";

const FORWARDED = { clientIp: "203.0.113.7", host: "edge.test", secure: true, secret: "s3cret" };
const build = (given: Record<string, string>) =>
	Object.fromEntries(nodeHeaders(new Headers(given), FORWARDED));
const OWN = {
	"x-forwarded-for": "203.0.113.7",
	"x-forwarded-host": "edge.test",
	"x-forwarded-proto": "https",
	[HEADERS.clientIp]: "203.0.113.7",
	[HEADERS.auth]: "s3cret",
};

describe("nodeHeaders", () => {
	it("passes the application's headers on as they are", () => {
		const given = {
			cookie: "a=1",
			authorization: "Bearer x",
			"user-agent": "u",
			"sec-websocket-protocol": "chat",
			origin: "https://o",
		};
		expect(build(given)).toEqual({ ...given, ...OWN });
	});

	it("drops what belongs to one hop, and what Connection names, but never the upgrade", () => {
		expect(
			build({
				connection: "Upgrade, X-Hop",
				upgrade: "websocket",
				"x-hop": "1",
				te: "trailers",
				"keep-alive": "5",
			}),
		).toEqual({
			upgrade: "websocket",
			...OWN,
		});
	});

	it("says nothing of a client whose address is not known, and sends no empty secret", () => {
		const headers = nodeHeaders(new Headers({ "x-forwarded-for": "1.2.3.4" }), {
			...FORWARDED,
			clientIp: "",
			secret: "",
		});
		expect(Object.fromEntries(headers)).toEqual({
			"x-forwarded-host": "edge.test",
			"x-forwarded-proto": "https",
		});
	});

	it("lets no claim of a client reach a node, in whatever case and number it is written", () => {
		const claim = fc.oneof(
			fc.constantFrom(
				"X-Forwarded-For",
				"x-forwarded-HOST",
				"Forwarded",
				"X-Real-IP",
				"CF-Connecting-IP",
				"cf-ray",
				"X-Edge-Auth",
				"x-edge-client-ip",
				"X-Edge-Node",
				"True-Client-IP",
			),
			fc.stringMatching(/^(x-forwarded-|x-edge-|cf-)[a-z]{1,8}$/),
		);
		fc.assert(
			fc.property(fc.array(fc.tuple(claim, fc.stringMatching(/^[!-~]{1,20}$/))), (pairs) => {
				const client = new Headers();
				for (const [name, value] of pairs) client.append(name, value);
				const built = Object.fromEntries(nodeHeaders(client, FORWARDED));
				expect(Object.entries(built).filter(([name]) => isClaim(name))).toEqual(
					Object.entries(OWN).sort(([a], [b]) => (a < b ? -1 : 1)),
				);
			}),
		);
	});
});
