import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** What starts processes and measures nothing: two files may run side by side. */
const UNTIMED = [
	"test/e2e/{commands,report,guard,behaviour,origin-cli,origin-package}*.test.ts",
	"test/e2e/edge-{hosts,passthrough,robust,spellings,stickiness,targets}.test.ts",
	"test/e2e/origin-{cluster,edge-only,hostile,redis}.test.ts",
	"test/e2e/{k6-application,stats-line}.test.ts",
	"test/e2e/swarm-{application,causes,certificates,check,command,machines,plain-client,run,scenarios}.test.ts",
];

/** Pure decisions and single modules run side by side; what measures, or waits for a time, runs one file at a time, after them. */
export default defineConfig({
	test: {
		root: new URL("..", import.meta.url).pathname,
		maxWorkers: 2,
		projects: [
			{
				plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" }, remoteBindings: false })],
				test: {
					name: "worker",
					include: ["test/worker/**/*.test.ts"],
					sequence: { groupOrder: 0 },
				},
			},
			{
				test: {
					name: "unit",
					include: ["test/**/*.test.ts"],
					exclude: ["test/worker/**", "test/e2e/**", "test/long/**"],
					sequence: { groupOrder: 1 },
				},
			},
			{
				test: {
					name: "untimed",
					include: UNTIMED,
					testTimeout: 30_000,
					hookTimeout: 30_000,
					sequence: { groupOrder: 2 },
				},
			},
			{
				test: {
					name: "e2e",
					include: ["test/e2e/**/*.test.ts"],
					exclude: UNTIMED,
					fileParallelism: false,
					testTimeout: 30_000,
					hookTimeout: 30_000,
					sequence: { groupOrder: 3 },
				},
			},
		],
	},
});
