/** The edge's command: what its ready line says, the public port, and the check of the token. */
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { expect, test } from "vitest";
import { nodeRun, outcome } from "../support/commands/command.ts";
import { secureFetch } from "../support/edge/secure-fetch.ts";

const EDGE = "worker/selfhost/cli.ts --node n1=http://127.0.0.1:1 --https-port 0 --http-port 0";

test("the ready line names the self-signed certificate, and clients that trust that file can connect", async () => {
	await using command = nodeRun(EDGE);
	const line = await command.line("edge ready");
	const [, https, file] = /at (https:\S+) .*self-signed certificate to trust: (\S+)$/.exec(line)!;
	const ca = await readFile(file!, "utf8");
	const status = await new Promise((resolve, reject) => {
		request(`${https}/__edge/stats`, { ca, servername: "localhost" }, (answer) => resolve(answer.statusCode))
			.on("error", reject)
			.end();
	});
	expect(status).toBe(404);
});

test("--public-https-port is the port in redirects from plain http", async () => {
	await using command = nodeRun(EDGE, "--public-https-port", "443", "--json");
	const { http, certificate } = JSON.parse(await command.line("{")) as { http: string; certificate: string };
	const { status, headers } = await secureFetch(`${http}/a?b`, { headers: { host: "chat.test:8080" } });
	expect([status, headers["location"]]).toEqual([308, "https://chat.test/a?b"]);
	expect(certificate).toMatch(/\.pem$/);
});

test("a token that can be guessed is refused at the start, without showing it", async () => {
	const { code, stdout, stderr } = await outcome(nodeRun(EDGE, "--token", "tiny7"));
	expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
	expect(stderr).toMatch(/^error: EDGE_TOKEN: shorter than 8 characters; [^\n]+\n$/);
	expect(stderr).not.toContain("tiny7");
});
