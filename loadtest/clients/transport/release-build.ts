/**
 * Loaded before anything else in a worker (`--import`): Node is given the debug build of socket.io-client and its
 * parts, which asks for each packet whether it should be logged; browsers and this project's load get the release
 * build of the same sources. Node without module hooks (before 22.15) stays with the debug build.
 */
import module from "node:module";

const DEBUG = "/build/esm-debug/";
const RELEASE = "/build/esm/";

/** The hooks are missing from older Nodes, whatever the types say. */
const { registerHooks } = module as Partial<typeof module>;

registerHooks?.({
	resolve(specifier, context, nextResolve) {
		const found = nextResolve(specifier, context);
		return { ...found, url: found.url.replace(DEBUG, RELEASE) };
	},
});
