/** A self-hosted edge: bundle, configuration, certificate and processes, started and stopped together. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { CommandError, UsageError } from "../command-line/command.ts";
import { startOnFreePort, usablePort } from "../command-line/listen.ts";
import { COMPATIBILITY_DATE, PROJECT } from "../command-line/project.ts";
import { readConfig } from "../config/config.ts";
import { type Certificate, certificateFor } from "./certificate.ts";
import { keepRunning } from "./restart.ts";
import type { Variables } from "./variables.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";
import { renderWorkerdConfig, type Socket, type StateConfig } from "./workerd-config.ts";

export interface EdgeOptions {
	/** The Worker's variables, without EDGE_PLATFORM and EDGE_HTTPS_PORT, which are set here. */
	readonly variables: Variables;
	readonly host: string;
	/** 0 = any free port. */
	readonly httpsPort: number;
	readonly httpPort: number;
	/** The port by which clients reach the https one, for redirects, where that is another (NAT, a load balancer); null = the same. */
	readonly publicHttpsPort: number | null;
	readonly certificate: Certificate;
	/** Secrets; "" = none. They reach workerd in its environment and are never written to disk. */
	readonly token: string;
	readonly nodeSecret: string;
	/** Folder for the Durable Objects' data, which only one edge at a time may use; null = the data is not kept after a stop. */
	readonly stateFolder: string | null;
	/** Whether to run the Durable Objects in a process of their own. */
	readonly stateProcess: boolean;
	/** Gets each line that workerd prints. */
	readonly log: (line: string) => void;
}

export interface RunningEdge {
	/** Base URLs, no slash at the end. */
	readonly https: string;
	readonly http: string;
	readonly pid: number;
	/** The state process's pid, which changes when it is restarted; null = no state process. */
	readonly statePid: number | null;
	readonly ended: Promise<void>;
	stop(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
}

/** Defaults: free ports on loopback and the localhost certificate. */
export async function edgeDefaults(): Promise<Omit<EdgeOptions, "variables">> {
	return {
		host: "127.0.0.1",
		httpsPort: 0,
		httpPort: 0,
		publicHttpsPort: null,
		certificate: await certificateFor(null, null),
		token: "",
		nodeSecret: "",
		stateFolder: null,
		stateProcess: false,
		log: () => {},
	};
}

/** Starts an edge; resolves once it listens. */
export async function startEdge(options: EdgeOptions): Promise<RunningEdge> {
	if (options.httpPort === options.httpsPort && options.httpPort !== 0)
		throw new UsageError(`--http-port ${options.httpPort}: the same as --https-port; give each its own`);
	if (options.httpsPort !== 0) await usablePort(options.httpsPort, options.host, "--https-port");
	// workerd can choose this one itself, since no redirect names it.
	const httpPort =
		options.httpPort === 0 ? 0 : await usablePort(options.httpPort, options.host, "--http-port");
	const variables = variablesOf(options);
	const config = readConfig({ ...variables, ...secretsOf(options) });
	if (!("pools" in config)) throw new CommandError(config.join("; "));
	await using parts = new AsyncDisposableStack();
	// Only this user can read a folder made by mkdtemp. The key is copied there, since workerd embeds only files in the configuration's folder.
	const folder = await mkdtemp(join(tmpdir(), "sticky-edge-"));
	parts.defer(() => rm(folder, { recursive: true, force: true }));
	const stateFolder = options.stateFolder ?? join(folder, "state");
	await mkdir(stateFolder, { recursive: true });
	const socket = join(folder, "state.sock");
	const own: StateConfig = { kind: "own", folder: stateFolder };
	const state = options.stateProcess
		? await keepRunning(() => startState({ options, folder, variables }, own, socket), options.log)
		: null;
	if (state !== null) parts.defer(() => state.stop());
	const stateConfig: StateConfig = state === null ? own : { kind: "other", socket };
	const start = (httpsPort: number) =>
		startFront(
			{ options, folder, variables: { ...variables, EDGE_HTTPS_PORT: String(httpsPort) } },
			stateConfig,
			httpsPort,
			httpPort,
		);
	const workerd =
		options.httpsPort === 0
			? await startOnFreePort(options.host, "--https-port", start)
			: await start(options.httpsPort);
	parts.defer(() => workerd.stop());
	const running = parts.move();
	const stop = () => running.disposeAsync();
	const name = options.host === "0.0.0.0" || options.host === "::" ? "localhost" : options.host;
	return {
		https: `https://${name}:${workerd.ports.get("https")}`,
		http: `http://${name}:${workerd.ports.get("http")}`,
		pid: workerd.pid,
		get statePid() {
			return state?.pid() ?? null;
		},
		ended: workerd.ended,
		stop,
		[Symbol.asyncDispose]: stop,
	};
}

function variablesOf({ variables, publicHttpsPort }: EdgeOptions): Variables {
	return {
		...variables,
		EDGE_PLATFORM: "workerd",
		...(publicHttpsPort === null ? {} : { EDGE_PUBLIC_HTTPS_PORT: String(publicHttpsPort) }),
	};
}

interface Setup {
	readonly options: EdgeOptions;
	readonly folder: string;
	readonly variables: Variables;
}

async function startFront(
	setup: Setup,
	state: StateConfig,
	httpsPort: number,
	httpPort: number,
): Promise<Workerd> {
	const { certificate, host } = setup.options;
	const tls = { certFile: "cert.pem", keyFile: "key.pem" };
	await copyFile(certificate.certFile, join(setup.folder, tls.certFile));
	await copyFile(certificate.keyFile, join(setup.folder, tls.keyFile));
	return serve(setup, "worker/index.ts", state, [
		{ name: "http", address: `${host}:${httpPort}`, tls: null },
		{ name: "https", address: `${host}:${httpsPort}`, tls },
	]);
}

async function startState(setup: Setup, state: StateConfig, socket: string): Promise<Workerd> {
	// A killed process leaves its socket file behind, which would prevent binding.
	await rm(socket, { force: true });
	return serve(setup, "worker/state-process.ts", state, [
		{ name: "state", address: `unix:${socket}`, tls: null },
	]);
}

async function serve(
	setup: Setup,
	entry: string,
	state: StateConfig,
	sockets: readonly Socket[],
): Promise<Workerd> {
	const { options, folder, variables } = setup;
	const secrets = secretsOf(options);
	const name = basename(entry, ".ts");
	await bundleWorker(entry, join(folder, `${name}.js`));
	const configFile = join(folder, `${name}.capnp`);
	await writeFile(
		configFile,
		renderWorkerdConfig({
			sockets,
			workerFile: `${name}.js`,
			compatibilityDate: COMPATIBILITY_DATE,
			variables,
			secrets: Object.keys(secrets),
			state,
		}),
	);
	return startWorkerd(
		configFile,
		sockets.map((each) => each.name),
		secrets,
		options.log,
	);
}

function secretsOf({ token, nodeSecret }: EdgeOptions): Record<string, string> {
	return {
		...(token === "" ? {} : { EDGE_TOKEN: token }),
		...(nodeSecret === "" ? {} : { EDGE_NODE_SECRET: nodeSecret }),
	};
}

/** Bundles an entry such as "worker/index.ts" into one ES module, as wrangler does, and writes it to `file`. */
async function bundleWorker(entry: string, file: string): Promise<void> {
	await build({
		entryPoints: [join(PROJECT, entry)],
		outfile: file,
		bundle: true,
		format: "esm",
		target: "es2024",
		conditions: ["workerd", "worker", "browser"],
		external: ["cloudflare:*"],
		logLevel: "silent",
	});
}
