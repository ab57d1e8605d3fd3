/** Renders the configuration file of `workerd serve` (workerd.capnp). */

/** One socket. Without `tls` it serves plain http. Addresses: "127.0.0.1:8443", or "unix:/path". */
export interface Socket {
	readonly name: string;
	readonly address: string;
	/** PEM files in the configuration's folder. */
	readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
}

/** Where the Durable Objects run. `own`: in this process, stored in a folder. `other`: in the process behind a Unix socket. */
export type StateConfig =
	| { readonly kind: "own"; readonly folder: string }
	| { readonly kind: "other"; readonly socket: string };

export interface WorkerdConfig {
	readonly sockets: readonly Socket[];
	/** In the configuration's folder. */
	readonly workerFile: string;
	readonly compatibilityDate: string;
	/** Variables written into the file: text as it is, other values as JSON. */
	readonly variables: Readonly<Record<string, unknown>>;
	/** Names of variables that workerd reads from its environment, so that no secret is written to disk. */
	readonly secrets: readonly string[];
	readonly state: StateConfig;
}

/** The Durable Objects' bindings and classes; wrangler.toml has the same. */
const DURABLE_OBJECTS: readonly (readonly [binding: string, className: string])[] = [
	["MONITOR", "Monitor"],
	["LEDGER", "Ledger"],
];

export function renderWorkerdConfig(config: WorkerdConfig): string {
	return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
	services = [
		(name = "edge", worker = .edge),
		(name = "nodes", network = (
			allow = ["public", "private"],
			tlsOptions = (trustBrowserCas = true),
		)),
		${stateService(config.state)},
	],
	sockets = [
		${config.sockets.map(socket).join(",\n\t\t")},
	],
);

const edge :Workerd.Worker = (
	modules = [(name = "worker.js", esModule = embed ${quote(config.workerFile)})],
	compatibilityDate = ${quote(config.compatibilityDate)},
	globalOutbound = "nodes",
	bindings = [
		${bindings(config).join(",\n\t\t")},
	],
${config.state.kind === "own" ? durableObjects() : ""});
`;
}

function bindings(config: WorkerdConfig): string[] {
	return [
		...Object.entries(config.variables).map(
			([name, value]) =>
				`(name = ${quote(name)}, text = ${quote(typeof value === "string" ? value : JSON.stringify(value))})`,
		),
		...config.secrets.map((name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`),
		...(config.state.kind === "other"
			? ['(name = "STATE", service = "state")']
			: DURABLE_OBJECTS.map(
					([name, className]) =>
						`(name = ${quote(name)}, durableObjectNamespace = (className = ${quote(className)}))`,
				)),
	];
}

function stateService(state: StateConfig): string {
	return state.kind === "own"
		? `(name = "state", disk = (path = ${quote(state.folder)}, writable = true))`
		: `(name = "state", external = (address = ${quote(`unix:${state.socket}`)}, http = ()))`;
}

function durableObjects(): string {
	const namespaces = DURABLE_OBJECTS.map(
		([, className]) => `(className = ${quote(className)}, uniqueKey = ${quote(className)}, enableSql = true)`,
	);
	return `	durableObjectNamespaces = [${namespaces.join(", ")}],
	durableObjectStorage = (localDisk = "state"),
`;
}

function socket({ name, address, tls }: Socket): string {
	if (tls === null)
		return `(name = ${quote(name)}, address = ${quote(address)}, service = "edge", http = ())`;
	return `(name = ${quote(name)}, address = ${quote(address)}, service = "edge", https = (
			options = (),
			tlsOptions = (
				keypair = (privateKey = embed ${quote(tls.keyFile)}, certificateChain = embed ${quote(tls.certFile)}),
				minVersion = tls1Dot2,
			),
		))`;
}

/** A Cap'n Proto text literal; UTF-8 needs no escapes. */
function quote(text: string): string {
	const escaped = text
		.replaceAll("\\", "\\\\")
		.replaceAll('"', '\\"')
		.replaceAll("\n", "\\n")
		.replaceAll("\r", "\\r")
		.replaceAll("\t", "\\t");
	return `"${escaped}"`;
}
