/** Targets with certificates of their own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { preflight } from "../../loadtest/clients/run/preflight.ts";
import { type PlanOptions, planFrom } from "../../loadtest/plan/plan.ts";
import { serve } from "../support/swarm/serve.ts";

const checked = (options: PlanOptions) =>
	preflight(planFrom({ connectTimeout: 5, ackTimeout: 5, ...options }));

describe("certificates", () => {
	let folder: string;
	let key: string;
	let cert: string;
	const file = (name: string) => join(folder, name);

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "targets-"));
		const made = await generate([{ name: "commonName", value: "app.test" }], {
			extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "app.test" }] }],
		});
		[key, cert] = [made.private, made.cert];
		await writeFile(file("ca.pem"), cert);
		await writeFile(file("key.pem"), key);
		await writeFile(file("no.pem"), "hello");
	});
	afterAll(() => rm(folder, { recursive: true }));

	test("--ca trusts the target's authority, and --resolve reaches it by the certificate's name", async () => {
		await using target = await serve({}, "127.0.0.1", createTlsServer({ key, cert }));
		const url = `https://app.test:${target.port}`;
		const resolve = { [`app.test:${target.port}`]: "127.0.0.1" };
		const { plan } = await checked({ url, resolve, ca: file("ca.pem") });
		expect(plan.groups).toHaveLength(3);
		await expect(checked({ url, resolve })).rejects.toThrow(/not trusted \(it is self-signed/);
		const byAddress = checked({ url: `https://127.0.0.1:${target.port}`, ca: file("ca.pem") });
		await expect(byAddress).rejects.toThrow(/certificate is for another host .*--resolve/);
	});

	test("--cert and --key identify the client, and their lack is named", async () => {
		const http = createTlsServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true });
		await using target = await serve({}, "127.0.0.1", http);
		const url = `https://127.0.0.1:${target.port}`;
		const own = { cert: file("ca.pem"), key: file("key.pem") };
		expect((await checked({ url, insecure: true, ...own })).leftOut).toEqual([]);
		await expect(checked({ url, insecure: true })).rejects.toThrow(
			/wants a client certificate .*--cert and --key/,
		);
	});

	test.each<[string, () => PlanOptions, RegExp]>([
		[
			"a file that is not there",
			() => ({ ca: file("none.pem") }),
			/--ca .*none\.pem: cannot be read \(ENOENT\)/,
		],
		[
			"a file that is not PEM",
			() => ({ ca: file("no.pem") }),
			/--ca .*no\.pem: holds no PEM of a certificate/,
		],
		["a certificate without its key", () => ({ cert: file("ca.pem") }), /--cert is given without --key/],
		[
			"a certificate as key",
			() => ({ cert: file("ca.pem"), key: file("ca.pem") }),
			/--key .*: holds no PEM of a private key/,
		],
	])("%s is a usage error", (_, options, message) => {
		expect(() => planFrom({ url: "https://localhost", ...options() })).toThrow(message);
	});
});
