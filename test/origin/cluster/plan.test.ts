import { expect, test } from "vitest";
import { planCluster } from "../../../origin/cluster/plan.ts";

const TLS = { certFile: "cert.pem", keyFile: "key.pem" };

test("nodes are called n1, n2, … on consecutive ports, followed by their TLS ports", () => {
	const plan = planCluster({ nodes: 3, port: 3001, tls: TLS });
	expect(plan.nodes.map(({ node, port, tls }) => [node, port, tls?.port])).toEqual([
		["n1", 3001, 3004],
		["n2", 3002, 3005],
		["n3", 3003, 3006],
	]);
});

test("port 0 leaves every port to the operating system", () => {
	const plan = planCluster({ nodes: 2, port: 0, tls: TLS });
	expect(plan.nodes.map(({ port, tls }) => [port, tls?.port])).toEqual([
		[0, 0],
		[0, 0],
	]);
});

test.each([
	[{ nodes: 3, port: 65_534 }, "--port 65534 with 3 nodes goes beyond port 65535; use 65533 or lower"],
	[
		{ nodes: 1, port: 0, redis: "http://:secret@host" },
		"--redis http://host/ is not a Redis URL; use redis://host:port or rediss://host:port",
	],
])("%j throws an error that names the flag and the fix", (options, message) => {
	expect(() => planCluster(options)).toThrow(message);
});
