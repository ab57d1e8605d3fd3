/** Bundles the Worker as one ES module for workerd, as wrangler does. */
import { join } from "node:path";
import { build } from "esbuild";
import { PROJECT } from "../command-line/project.ts";

/** Writes the bundle of an entry, such as "worker/index.ts", to `file`. */
export async function bundleWorker(entry: string, file: string): Promise<void> {
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
