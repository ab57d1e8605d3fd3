/** The Worker's variables in wrangler.toml. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, TomlError } from "smol-toml";
import { CommandError } from "../command-line/command.ts";
import { PROJECT } from "../command-line/project.ts";
import { decodeVariable } from "../config/fields.ts";

export type Variables = Record<string, unknown>;

/** The variables of the top level (name "") and of each `[env.NAME]`. */
export async function readVariables(file = join(PROJECT, "wrangler.toml")): Promise<Map<string, Variables>> {
	let toml: Variables;
	try {
		toml = parse(await readFile(file, "utf8"));
	} catch (error) {
		if (error instanceof TomlError)
			throw new CommandError(`${file}:${error.line}: not valid TOML: ${error.message.split("\n")[0]}`);
		throw new CommandError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
	}
	const found = new Map<string, Variables>([["", tableOf(toml["vars"])]]);
	for (const [name, environment] of Object.entries(tableOf(toml["env"])))
		found.set(name, tableOf(tableOf(environment)["vars"]));
	return found;
}

/** Whether a node's address is one of the examples that wrangler.toml comes with. */
export function hasPlaceholderNodes(variables: Variables): boolean {
	const pools = Object.keys(variables).filter((name) => name.startsWith("POOL_"));
	return pools.some((name) => {
		const { nodes } = tableOf(decodeVariable(variables[name]));
		return (
			Array.isArray(nodes) &&
			nodes.some((node) => /\.example\.com(:\d+)?\/?$/.test(String(tableOf(node)["url"])))
		);
	});
}

function tableOf(value: unknown): Variables {
	return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Variables) : {};
}
