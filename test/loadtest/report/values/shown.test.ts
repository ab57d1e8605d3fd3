/** Which figures a text report leaves out because the run does not have them. */
import { expect, test } from "vitest";
import { reportText } from "../../../../loadtest/report/text.ts";
import { drawResult } from "../../../support/report/results.ts";

const small = drawResult({ transports: ["websocket"], seconds: 4 });

test("the plan's line names the payload only where messages have it, and no rate where none are sent", () => {
	const line = (extra: Record<string, unknown>) =>
		reportText({ ...small, plan: { ...small.plan, extra } }).match(/^scenario .*$/m)![0];
	expect(line({})).toContain("· 100 msg/s each · 64 B ·");
	expect(line({ args: { bytes: 9, sha256: "0" } })).toContain("· 100 msg/s each · 8 s measured");
	expect(line({ probe: "connect" })).toContain("· no messages · 8 s measured");
});

test("a single path has a cost on Cloudflare only where it is the edge", () => {
	const text = (path: string) => reportText(drawResult({ transports: ["websocket"], paths: [path] }));
	expect(text("edge")).toContain("Cost on Cloudflare Workers");
	expect(text("target")).not.toContain("Cost on Cloudflare Workers");
});

test("figures of connections are a row for each load group, with TLS only where there is TLS", () => {
	const groups = [
		{ transport: "websocket", path: "direct" } as const,
		{ transport: "websocket", path: "edge" } as const,
	];
	const outcomes = groups.flatMap((group, at) =>
		["connections_opened", "tls_resumed"].map((name) => ({
			...group,
			name,
			value: 10 + at,
			unit: "connections",
		})),
	);
	const lines = (url: string) => {
		const paths = small.plan.paths.map(({ name }) => ({ name, urls: [url] }));
		const text = reportText({ ...small, outcomes, plan: { ...small.plan, paths } });
		expect(text).not.toContain("What the scenario found");
		return text
			.split("\n\n")
			.find((block) => block.startsWith("Connections"))!
			.split("\n");
	};
	expect(lines("https://h/")[1]).toBe("  transport  path    TCP connections  TLS sessions resumed");
	expect(lines("http://h/").map((line) => line.split(/ {2,}/).slice(1))).toEqual([
		[],
		["transport", "path", "TCP connections"],
		expect.anything(),
		["websocket", "direct", "10"],
		["websocket", "edge", "11"],
	]);
});
