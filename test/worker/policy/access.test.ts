import { describe, expect, it } from "vitest";
import { admitToPool, isAddressAllowed, isPrivate } from "../../../worker/policy/admit.ts";
import { type Fields, parsed, parsedUrl, poolOf } from "../support/pools.ts";

const POOL = poolOf();

describe("the rules for addresses", () => {
	it.each([
		[true, "198.51.100.7", [], []],
		[true, "", [], []],
		[true, "198.51.100.7", ["198.51.100.0/24"], []],
		[true, "::ffff:198.51.100.7", ["198.51.100.0/24"], []],
		[false, "203.0.113.1", ["198.51.100.0/24"], []],
		[false, "2001:db8::1", ["198.51.100.0/24"], []],
		[false, "", ["0.0.0.0/0", "::/0"], []],
		[false, "unknown", ["0.0.0.0/0", "::/0"], []],
		[false, "198.51.100.7", [], ["198.51.100.7"]],
		[false, "198.51.100.7", ["198.51.100.0/24"], ["198.51.100.0/28"]],
		[true, "198.51.100.99", ["198.51.100.0/24"], ["198.51.100.0/28"]],
		[true, "", [], ["198.51.100.7"]],
	])("let in (%s) the address %j with allow %j and deny %j", (admitted, address, allow, deny) => {
		expect(isAddressAllowed(address, poolOf({ allow, deny }))).toBe(admitted);
	});

	it.each([
		["GET", "/page", "EDGE_ADDRESS"],
		["POST", "/form", "EDGE_ADDRESS"],
		["GET", "/healthz", "EDGE_ADDRESS"],
		["GET", "/socket.io/?EIO=4&transport=polling", 4],
		["OPTIONS", "/socket.io/?EIO=4&transport=polling", 4],
	])("deny %s %s with 403 and code %s", async (method, path, code) => {
		const denial = admitToPool(parsed(method, path), poolOf({ deny: ["192.0.2.0/24"] }), "192.0.2.1")!;
		expect([denial.reason, denial.response.status]).toEqual(["address", 403]);
		expect(await denial.response.json()).toMatchObject({ code });
	});
});

describe("a pool's private paths", () => {
	it.each([
		...[
			"/healthz",
			"/metrics",
			"/Metrics",
			"/metrics/",
			"//metrics",
			"/%6detrics",
			"/metrics?x=1",
			"/metrics;x",
		],
		...["/a/..%2fmetrics", "/healthz#x", "/HEALTHZ//", "/metrics%2F", "/%2fmetrics"],
	])("answer 404 at %s", async (path) => {
		const denial = admitToPool(parsed("GET", path), POOL, "")!;
		expect([denial.reason, denial.response.status]).toEqual(["private", 404]);
		expect(await denial.response.json()).toMatchObject({ code: "EDGE_NOT_FOUND" });
	});

	it.each(["/", "/metricsx", "/metrics/x", "/x/metrics", "/health", "/socket.io/socket.io.js"])(
		"leave %s to the nodes",
		(path) => {
			expect(admitToPool(parsed("GET", path), POOL, "")).toBeNull();
		},
	);

	it("answer 404 with an Engine.IO query too, when the Engine.IO path is the root", () => {
		const pool = poolOf({ socket_path: "/" });
		const at = (path: string) =>
			isPrivate(parsedUrl(`https://e${path}?EIO=4&transport=polling`, {}, ["/"]), pool);
		expect([at("/metrics"), at("/HealthZ/"), at("/"), at("/x")]).toEqual([true, true, false, false]);
	});

	it.each<[Fields, string[]]>([
		[{}, ["/healthz", "/metrics"]],
		[{ health_path: "/Status/?full=1" }, ["/status", "/metrics"]],
		[{ health_path: "/" }, ["/metrics"]],
		[{ health_path: "/?ping=1" }, ["/metrics"]],
		[{ health_path: "/socket.io/?EIO=4&transport=none" }, ["/metrics"]],
		[{ private_paths: ["/internal/Report"] }, ["/internal/report"]],
		[{ private_paths: ["/"] }, ["/"]],
		[{ private_paths: [] }, []],
	])("of the fields %j are %j", (fields, paths) => {
		expect([...poolOf(fields).privatePaths]).toEqual(paths);
	});
});
