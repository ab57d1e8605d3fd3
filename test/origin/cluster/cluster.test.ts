import { expect, test } from "vitest";
import { startCluster } from "../../../origin/cluster/cluster.ts";

const FILE = new URL(import.meta.url).pathname;

test.each([
	[{ certFile: "/no/such", keyFile: FILE }, "--cert /no/such"],
	[{ certFile: FILE, keyFile: "/no/such" }, "--key /no/such"],
])("a cluster with a PEM file that cannot be read does not start: %j", async (tls, named) => {
	await expect(startCluster({ nodes: 1, port: 0, tls })).rejects.toThrow(
		`${named}: cannot be read (ENOENT); give the path of a PEM file`,
	);
});
