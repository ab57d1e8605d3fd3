import { describe, expect, it } from "vitest";
import { deployProblems } from "../../../worker/config/cloudflare-limits.ts";

const nodes = (...urls: string[]) => urls.map((url, i) => ({ id: `n${i + 1}`, url }));
const onCloudflare = (...urls: string[]) => ({ POOL_APP: { nodes: nodes(...urls) } });

describe("the check of a configuration for Cloudflare", () => {
	it.each([
		["http://n1.test", /plain text; write https/],
		["https://10.0.0.5", /is an IP address, which Workers cannot fetch \(error 1003\)/],
		["https://[2001:db8::1]", /is an IP address/],
		["https://n1.test:3001", /Cloudflare does not forward port 3001/],
	])("reports a node at %s", (url, sentence) => {
		expect(deployProblems(onCloudflare(url))).toEqual([expect.stringMatching(sentence)]);
	});

	it("reports a location hint that does not exist", () => {
		expect(deployProblems({ ...onCloudflare("https://n1.test"), EDGE_LOCATION: "moon" })).toEqual([
			'EDGE_LOCATION: "moon" is not one of wnam, enam, sam, weur, eeur, apac, oc, afr, me',
		]);
	});

	it("reports a variable of more than 5 KiB", () => {
		const urls = Array.from({ length: 120 }, (_, i) => `https://node-${i}.example.com`);
		expect(deployProblems(onCloudflare(...urls))[0]).toMatch(
			/^POOL_APP: \d+ bytes as JSON, and Cloudflare allows 5120 per variable/,
		);
	});

	it("reports the problems that a configuration has everywhere instead, when there are any", () => {
		expect(deployProblems({ ...onCloudflare("http://n1.test"), EDGE_TOKEN: "short" })).toEqual([
			expect.stringMatching(/^EDGE_TOKEN: /),
		]);
	});

	it("does not apply to a self-hosted edge", () => {
		expect(
			deployProblems({
				EDGE_PLATFORM: "workerd",
				...onCloudflare("http://10.0.0.5:3001", "https://n2.test:8444"),
			}),
		).toEqual([]);
	});
});
