/** The configuration text of `workerd serve` (workerd.capnp): data in, string out. */

export interface WorkerdConfig {
	/** Address with port, as "127.0.0.1:8443". */
	readonly https: string;
	readonly http: string;
	/** File names relative to the configuration, or absolute. */
	readonly workerFile: string;
	readonly certFile: string;
	readonly keyFile: string;
	readonly compatibilityDate: string;
	/** Variables written into the file: text as it is, all else as JSON. */
	readonly variables: Readonly<Record<string, unknown>>;
	/** Names of variables taken from the process's environment, so that no secret is written to disk. */
	readonly secrets: readonly string[];
}

/** Renders it. */
export function renderWorkerdConfig(config: WorkerdConfig): string {
	const bindings = [
		...Object.entries(config.variables).map(
			([name, value]) =>
				`(name = ${quote(name)}, text = ${quote(typeof value === "string" ? value : JSON.stringify(value))})`,
		),
		...config.secrets.map((name) => `(name = ${quote(name)}, fromEnvironment = ${quote(name)})`),
	];
	return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
	services = [
		(name = "edge", worker = .edge),
		(name = "nodes", network = (
			allow = ["public", "private"],
			tlsOptions = (trustBrowserCas = true),
		)),
	],
	sockets = [
		(name = "http", address = ${quote(config.http)}, service = "edge", http = ()),
		(name = "https", address = ${quote(config.https)}, service = "edge", https = (
			options = (),
			tlsOptions = (
				keypair = (privateKey = embed ${quote(config.keyFile)}, certificateChain = embed ${quote(config.certFile)}),
				minVersion = tls1Dot2,
			),
		)),
	],
);

const edge :Workerd.Worker = (
	modules = [(name = "worker.js", esModule = embed ${quote(config.workerFile)})],
	compatibilityDate = ${quote(config.compatibilityDate)},
	globalOutbound = "nodes",
	bindings = [
		${bindings.join(",\n\t\t")},
	],
);
`;
}

/** A Cap'n Proto text literal; UTF-8 stands as it is. */
function quote(text: string): string {
	const escaped = text
		.replaceAll("\\", "\\\\")
		.replaceAll('"', '\\"')
		.replaceAll("\n", "\\n")
		.replaceAll("\r", "\\r")
		.replaceAll("\t", "\\t");
	return `"${escaped}"`;
}
