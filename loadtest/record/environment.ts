/** The machine and the versions of a run: without them two results cannot be compared. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, type as osType, release, totalmem } from "node:os";
import type { Environment } from "./result.ts";

const require = createRequire(import.meta.url);

/** The version of an installed package that exports its package.json. */
function versionOf(name: string): string {
	return (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as { version: string })
		.version;
}

/** Describes this machine. `loopback`: all targets are on it too; `clock`: how times were taken. */
export function environmentOf(tool: string, loopback: boolean, clock: string): Environment {
	return {
		tool,
		versions: {
			node: process.versions.node,
			"socket.io-client": versionOf("socket.io-client"),
			"engine.io-client": versionOf("engine.io-client"),
		},
		os: `${osType()} ${release()}`,
		cpu: cpus()[0]?.model.trim() ?? "unknown",
		cpus: availableParallelism(),
		memoryBytes: totalmem(),
		loopback,
		clock,
	};
}
