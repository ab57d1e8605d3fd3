/** A bare workerd forward: the least that a proxying Worker does, for comparison with the edge on the same workerd. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMPATIBILITY_DATE } from "../../../worker/command-line/project.ts";
import { certificateFor } from "../../../worker/selfhost/certificate.ts";
import { startWorkerd } from "../../../worker/selfhost/workerd.ts";

const WORKER = `export default {
	async fetch(request, env) {
		const url = new URL(request.url);
		try {
			return await fetch(env.NODE + url.pathname + url.search, { method: request.method, headers: request.headers, body: request.body, redirect: "manual" });
		} catch {
			return new Response("bad gateway", { status: 502 });
		}
	},
};
`;

const CONFIG = (node: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
	services = [
		(name = "bare", worker = .bare),
		(name = "nodes", network = (allow = ["public", "private"])),
	],
	sockets = [(name = "https", address = "127.0.0.1:0", service = "bare", https = (
		options = (),
		tlsOptions = (
			keypair = (privateKey = embed "key.pem", certificateChain = embed "cert.pem"),
			minVersion = tls1Dot2,
		),
	))],
);
const bare :Workerd.Worker = (
	modules = [(name = "worker.js", esModule = embed "worker.js")],
	compatibilityDate = "${COMPATIBILITY_DATE}",
	globalOutbound = "nodes",
	bindings = [(name = "NODE", text = "${node}")],
);
`;

/** Starts one in front of the node at the URL `node`, with the edge's certificate and minimum TLS version. */
export async function startBareForward(
	node: string,
): Promise<{ https: string; pid: number } & AsyncDisposable> {
	const folder = await mkdtemp(join(tmpdir(), "bare-forward-"));
	const certificate = await certificateFor(null, null);
	await copyFile(certificate.certFile, join(folder, "cert.pem"));
	await copyFile(certificate.keyFile, join(folder, "key.pem"));
	await writeFile(join(folder, "worker.js"), WORKER);
	await writeFile(join(folder, "bare.capnp"), CONFIG(node));
	const workerd = await startWorkerd(join(folder, "bare.capnp"), ["https"], {}, () => {});
	return {
		https: `https://127.0.0.1:${workerd.ports.get("https")}`,
		pid: workerd.pid,
		async [Symbol.asyncDispose]() {
			await workerd.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
