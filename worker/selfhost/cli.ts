/** `npm run edge`: the edge alone, on workerd, in front of any nodes. */
import { join } from "node:path";
import { Option } from "commander";
import {
	aborted,
	CommandError,
	EXIT,
	newCommand,
	port,
	runCommand,
	UsageError,
} from "../command-line/command.ts";
import { STATE_FOLDER } from "../command-line/project.ts";
import { STICKINESS } from "../config/pool.ts";
import { certificateFor } from "./certificate.ts";
import { startEdge } from "./edge.ts";
import { readNodeFlags } from "./node-flag.ts";
import { hasPlaceholderNodes, readVariables, type Variables } from "./variables.ts";

interface Flags {
	readonly node: readonly string[];
	readonly stickiness: string | undefined;
	readonly cert: string | null;
	readonly key: string | null;
	readonly host: string;
	readonly httpsPort: number;
	readonly httpPort: number;
	readonly publicHttpsPort: number | null;
	readonly token: string;
	readonly json: boolean;
}

await runCommand(async (stop) => {
	const flags = readFlags(process.argv.slice(2));
	const variables = variablesFor(flags, (await readVariables()).get("") ?? {});
	const certificate = await certificateFor(flags.cert, flags.key);
	const edge = await startEdge({
		variables,
		host: flags.host,
		httpsPort: flags.httpsPort,
		httpPort: flags.httpPort,
		publicHttpsPort: flags.publicHttpsPort,
		certificate,
		token: flags.token,
		nodeSecret: process.env["EDGE_NODE_SECRET"] ?? "",
		stateFolder: flags.httpsPort === 0 ? null : join(STATE_FOLDER, `state-${flags.httpsPort}`),
		stateProcess: false,
		log: (line) => process.stderr.write(`${line}\n`),
	});
	try {
		const ready = {
			https: edge.https,
			http: edge.http,
			pid: edge.pid,
			stats: `${edge.https}/__edge/stats`,
			token: flags.token,
			certificate: certificate.certFile,
		};
		const trust = certificate.selfSigned ? `; self-signed certificate to trust: ${certificate.certFile}` : "";
		process.stdout.write(
			flags.json
				? `${JSON.stringify(ready)}\n`
				: `edge ready at ${edge.https} (plain http: ${edge.http})${trust}\n`,
		);
		const end = await Promise.race([aborted(stop).then(() => "stopped"), edge.ended.then(() => "died")]);
		if (end === "stopped") return EXIT.interrupted;
		throw new CommandError("workerd ended unexpectedly; its last lines above this one give the reason");
	} finally {
		await edge.stop();
	}
});

function readFlags(args: readonly string[]): Flags {
	const command = newCommand(
		"npm run edge --",
		"The edge alone, on workerd, in front of any Socket.IO nodes.",
	)
		.option(
			"--node <id=url>",
			"a node, such as n1=http://127.0.0.1:3001; repeat the flag for each node; replaces the pools of wrangler.toml",
			collect,
			[],
		)
		.addOption(new Option("--stickiness <kind>", "how a session finds its node").choices(STICKINESS))
		.option("--cert <file>", "certificate chain (PEM); default: a self-signed one for localhost")
		.option("--key <file>", "its private key (PEM)")
		.option("--host <address>", "address to listen on; 0.0.0.0 for all", "127.0.0.1")
		.option("--https-port <port>", "0 = any free port", port, 8443)
		.option("--http-port <port>", "0 = any free port", port, 8080)
		.option(
			"--public-https-port <port>",
			"the https port that clients use, for redirects; default: --https-port",
			port,
		)
		.option("--token <secret>", "token for /__edge/ (or set EDGE_TOKEN)", process.env["EDGE_TOKEN"] ?? "")
		.option("--json", "print the ready line as JSON", false);
	command.parse(args, { from: "user" });
	const options = command.opts();
	return {
		...options,
		stickiness: options["stickiness"],
		cert: options["cert"] ?? null,
		key: options["key"] ?? null,
		// 0 means any free port elsewhere, and nothing here.
		publicHttpsPort: options["publicHttpsPort"] || null,
	} as Flags;
}

/** The variables of wrangler.toml; with `--node` a single pool of those nodes replaces its pools. */
function variablesFor(flags: Flags, fromFile: Variables): Variables {
	if (flags.node.length === 0) {
		if (hasPlaceholderNodes(fromFile))
			throw new UsageError(
				"--node: missing, and wrangler.toml still has its placeholder nodes; give --node n1=http://127.0.0.1:3001, once for each node",
			);
		if (flags.stickiness !== undefined)
			throw new UsageError("--stickiness: needs --node; for the pools of wrangler.toml set it there");
		return fromFile;
	}
	const pool = {
		nodes: readNodeFlags(flags.node),
		...(flags.stickiness === undefined ? {} : { stickiness: flags.stickiness }),
	};
	return { EDGE: fromFile["EDGE"] ?? {}, POOL_APP: pool };
}

function collect(value: string, before: string[]): string[] {
	return [...before, value];
}
