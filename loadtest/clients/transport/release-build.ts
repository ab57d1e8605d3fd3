/**
 * Loaded before anything else in a worker (`--import`): Node resolves socket.io-client and its parts to their debug
 * build, which checks for each packet whether to log it; browsers get the release build of the same sources, and so
 * does the load here. Node without module hooks (before 22.15) keeps the debug build, as does `--plain-client`.
 */
import module from "node:module";

/** The folders of the two builds in each package. */
const DEBUG = "/build/esm-debug/";
const RELEASE = "/build/esm/";

/** Older Nodes lack the hooks, whatever the types say. */
const { registerHooks } = module as Partial<typeof module>;

registerHooks?.({
	resolve(specifier, context, nextResolve) {
		const found = nextResolve(specifier, context);
		return { ...found, url: found.url.replace(DEBUG, RELEASE) };
	},
});
