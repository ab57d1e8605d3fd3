/** A self-hosted edge: bundle, configuration, certificate and process, as one thing that starts and stops. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { bundleWorker } from "./bundle.ts";
import { type Certificate, certificateFor } from "./certificate.ts";
import { CommandError } from "./command.ts";
import { COMPATIBILITY_DATE } from "./folders.ts";
import { usablePort } from "./ports.ts";
import type { Variables } from "./variables.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";
import { renderWorkerdConfig } from "./workerd-config.ts";

export interface EdgeOptions {
	/** The Worker's variables; EDGE_PLATFORM and EDGE_HTTPS_PORT are set here. */
	readonly variables: Variables;
	readonly host: string;
	/** 0 = any free port. */
	readonly httpsPort: number;
	readonly httpPort: number;
	readonly certificate: Certificate;
	/** Secrets, passed by environment and never written; "" = none. */
	readonly token: string;
	readonly nodeSecret: string;
	/** Hears each line workerd prints. */
	readonly log: (line: string) => void;
}

export interface RunningEdge {
	/** Base URLs, no slash at the end. */
	readonly https: string;
	readonly http: string;
	readonly pid: number;
	readonly ended: Promise<void>;
	stop(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** What tests and embedders leave out. */
export async function edgeDefaults(): Promise<Omit<EdgeOptions, "variables">> {
	return {
		host: "127.0.0.1",
		httpsPort: 0,
		httpPort: 0,
		certificate: await certificateFor(null, null),
		token: "",
		nodeSecret: "",
		log: () => {},
	};
}

/** Starts it; resolves once it answers over TLS. */
export async function startEdge(options: EdgeOptions): Promise<RunningEdge> {
	const httpsPort = await usablePort(options.httpsPort, options.host, "--https-port");
	const httpPort = await usablePort(options.httpPort, options.host, "--http-port");
	const variables = { ...options.variables, EDGE_PLATFORM: "workerd", EDGE_HTTPS_PORT: String(httpsPort) };
	const config = readConfig(variables);
	if (!("pools" in config)) throw new CommandError(config.join("; "));
	const folder = await mkdtemp(join(tmpdir(), "sticky-edge-"));
	let workerd: Workerd;
	try {
		workerd = await serve(options, folder, variables, httpsPort, httpPort);
	} finally {
		// workerd has read everything by the time it listens.
		await rm(folder, { recursive: true, force: true });
	}
	const name = options.host === "0.0.0.0" || options.host === "::" ? "localhost" : options.host;
	const edge: RunningEdge = {
		https: `https://${name}:${workerd.ports.get("https")}`,
		http: `http://${name}:${workerd.ports.get("http")}`,
		pid: workerd.pid,
		ended: workerd.ended,
		stop: workerd.stop,
		[Symbol.asyncDispose]: workerd.stop,
	};
	return edge;
}

async function serve(
	options: EdgeOptions,
	folder: string,
	variables: Variables,
	httpsPort: number,
	httpPort: number,
): Promise<Workerd> {
	const secrets = Object.entries({ EDGE_TOKEN: options.token, EDGE_NODE_SECRET: options.nodeSecret }).filter(
		([, value]) => value !== "",
	);
	const configFile = join(folder, "workerd.capnp");
	// An embed must stand below the configuration; the folder is readable by this user only and soon gone.
	await copyFile(options.certificate.certFile, join(folder, "cert.pem"));
	await copyFile(options.certificate.keyFile, join(folder, "key.pem"));
	await bundleWorker(join(folder, "worker.js"));
	await writeFile(
		configFile,
		renderWorkerdConfig({
			https: `${options.host}:${httpsPort}`,
			http: `${options.host}:${httpPort}`,
			workerFile: "worker.js",
			certFile: "cert.pem",
			keyFile: "key.pem",
			compatibilityDate: COMPATIBILITY_DATE,
			variables,
			secrets: secrets.map(([name]) => name),
		}),
	);
	return startWorkerd(configFile, ["http", "https"], Object.fromEntries(secrets), options.log);
}
