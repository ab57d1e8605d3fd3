import { defineConfig } from "vitest/config";

/** `npm run check:long`: what takes minutes, one file at a time so that nothing disturbs a measurement. */
export default defineConfig({
	test: {
		root: new URL("..", import.meta.url).pathname,
		include: ["test/long/**/*.test.ts"],
		passWithNoTests: true,
		fileParallelism: false,
		testTimeout: 600_000,
		hookTimeout: 120_000,
	},
});
