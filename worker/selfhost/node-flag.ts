/** The `--node id=url` flags: each is parsed, then ids and tags are checked for duplicates. */
import { UsageError } from "../command-line/command.ts";
import { NODE_ID, tagOf } from "../contract.ts";

export interface NodeFlag {
	readonly id: string;
	/** Scheme, host and port, no slash at the end. */
	readonly url: string;
}

/** The nodes of the flags. Throws a `UsageError` that names the flag as it was written, and the fix. */
export function readNodeFlags(flags: readonly string[]): readonly NodeFlag[] {
	const nodes = flags.map(readNode);
	// The tag in a session id is all that names its node, so nodes with equal tags would get each other's sessions.
	const byTag = new Map<string, NodeFlag>();
	for (const [i, node] of nodes.entries()) {
		const other = byTag.get(tagOf(node.id));
		if (other?.id === node.id)
			throw new UsageError(`--node ${flags[i]}: the id ${node.id} occurs twice; give each node its own`);
		if (other !== undefined)
			throw new UsageError(
				`--node ${flags[i]}: the ids ${node.id} and ${other.id} have the same tag ${tagOf(node.id)}; change one of them`,
			);
		byTag.set(tagOf(node.id), node);
	}
	return nodes;
}

function readNode(flag: string): NodeFlag {
	const equals = flag.indexOf("=");
	const id = flag.slice(0, Math.max(equals, 0));
	const url = URL.parse(flag.slice(equals + 1));
	if (!NODE_ID.test(id) || url === null || !/^https?:$/.test(url.protocol))
		throw new UsageError(`--node ${flag}: not a node; write id=url, as n1=http://127.0.0.1:3001`);
	if (url.username !== "" || url.password !== "")
		throw new UsageError(
			`--node ${id}=…@${url.host}: has a user name or password; write scheme, host and port only`,
		);
	if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
		throw new UsageError(
			`--node ${flag}: has a path or query; write scheme, host and port only, as ${id}=${url.origin}`,
		);
	return { id, url: url.origin };
}
