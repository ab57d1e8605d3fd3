/** `npm run config:check`: wrangler's build step, so that no `wrangler deploy` can skip it. */

import { EXIT, runCommand } from "../command-line/command.ts";
import { readConfig } from "../config.ts";
import { readVariables } from "./variables.ts";

await runCommand(async () => {
	let wrong = 0;
	for (const [name, variables] of await readVariables()) {
		const config = readConfig(variables);
		if ("pools" in config) continue;
		wrong += config.length;
		for (const problem of config)
			process.stderr.write(`wrangler.toml ${name === "" ? "[vars]" : `[env.${name}.vars]`} ${problem}\n`);
	}
	return wrong === 0 ? EXIT.ok : EXIT.failed;
});
