import { expect, test } from "vitest";
import { planCluster } from "../../../origin/cluster/cluster.ts";

const FILE = new URL(import.meta.url).pathname;

test("nodes are n1, n2, … on ports that follow, their TLS ports after them", () => {
	const plan = planCluster({ nodes: 3, port: 3001, tls: { certFile: FILE, keyFile: FILE } });
	expect(plan.nodes.map(({ node, port, tls }) => [node, port, tls?.port])).toEqual([
		["n1", 3001, 3004],
		["n2", 3002, 3005],
		["n3", 3003, 3006],
	]);
});

test("port 0 leaves every port to the system", () => {
	const plan = planCluster({ nodes: 2, port: 0, tls: { certFile: FILE, keyFile: FILE } });
	expect(plan.nodes.map(({ port, tls }) => [port, tls?.port])).toEqual([
		[0, 0],
		[0, 0],
	]);
});

test.each([
	[{ nodes: 3, port: 65_534 }, "--port 65534 with 3 nodes ends above port 65535: give at most 65533"],
	[
		{ nodes: 1, port: 1, tls: { certFile: "/no/such", keyFile: FILE } },
		"--cert /no/such cannot be read: give the path of a PEM file",
	],
])("%j is refused in one line with the cure", (options, line) => {
	expect(() => planCluster(options)).toThrow(line);
});
