import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { usablePort } from "../../worker/command-line/listen.ts";
import { edgeDefaults, startEdge } from "../../worker/selfhost/edge.ts";
import { parseHaproxyCsv } from "../support/edge/haproxy-csv.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

const haproxy = spawnSync("haproxy", ["-v"]).status === 0;

const CONFIG = (port: number) => `
defaults
	mode http
	timeout client 5s
	timeout server 5s
	timeout connect 1s
frontend edge
	bind 127.0.0.1:${port}
	stats enable
	stats uri /stats
	default_backend app_polling
backend app_polling
	server n1 127.0.0.1:1 check
`;

/** The CSV of a real HAProxy. */
async function haproxyCsv(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "stats-haproxy-"));
	const port = await usablePort(0, "127.0.0.1", "--port");
	await writeFile(join(folder, "haproxy.cfg"), CONFIG(port));
	const child = spawn("haproxy", ["-db", "-f", join(folder, "haproxy.cfg")], { stdio: "ignore" });
	try {
		for (const end = Date.now() + 5000; ; ) {
			try {
				return (await secureFetch(`http://127.0.0.1:${port}/stats;csv`)).body;
			} catch (error) {
				if (Date.now() > end) throw error;
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
		}
	} finally {
		child.kill("SIGKILL");
		await once(child, "exit");
		await rm(folder, { recursive: true, force: true });
	}
}

describe.skipIf(!haproxy && !process.env["CI"])(
	"compared with a real HAProxy (install haproxy to run this)",
	() => {
		test("the CSV has the same header fields and row types", async () => {
			const real = await haproxyCsv();
			await using edge = await startEdge({
				...(await edgeDefaults()),
				token: "haproxy-token",
				variables: { POOL_APP: { nodes: [{ id: "n1", url: "http://127.0.0.1:1" }] } },
			});
			const { body: ours } = await secureFetch(`${edge.https}/__edge/stats.csv`, {
				headers: { authorization: "Bearer haproxy-token" },
			});
			const names = (text: string) =>
				text
					.split("\n")[0]!
					.split(",")
					.filter((name) => name !== "");
			expect(names(ours)).toEqual(names(real).slice(0, names(ours).length));
			expect(names(ours).length).toBeGreaterThanOrEqual(35);
			const kinds = (text: string) =>
				new Map(parseHaproxyCsv(text).map((row) => [`${row["pxname"]} ${row["svname"]}`, row["type"]]));
			for (const [name, type] of kinds(real)) expect(kinds(ours).get(name), name).toBe(type);
		});
	},
);
