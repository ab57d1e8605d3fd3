import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { listen, startOnFreePort, usablePort } from "../../worker/command-line/listen.ts";

const HOST = "127.0.0.1";

/** Listens on a port before the caller can, the first `times` times. */
function taking(times: number) {
	const servers: Server[] = [];
	const bound: number[] = [];
	const server = () => {
		const created = createServer();
		servers.push(created);
		return created;
	};
	return {
		bound,
		async start(port: number): Promise<string> {
			if (bound.push(port) <= times) await listen(server(), HOST, port, "--test");
			const own = server();
			await new Promise<void>((resolve, reject) => own.once("error", reject).listen(port, HOST, resolve));
			return `listens on ${port}`;
		},
		[Symbol.dispose]() {
			for (const each of servers) each.close();
		},
	};
}

test("when another process takes a free port before it is bound, another free port is used", async () => {
	using other = taking(2);
	const started = await startOnFreePort(HOST, "--test", other.start);
	expect(new Set(other.bound).size).toBe(3);
	expect(started).toBe(`listens on ${other.bound[2]}`);
});

test("a given port that another process takes is an error, and so are free ports that are taken every time", async () => {
	using free = taking(0);
	await startOnFreePort(HOST, "--test", free.start);
	await expect(usablePort(free.bound[0]!, HOST, "--test")).rejects.toThrow(
		`--test ${free.bound[0]}: the port is in use on 127.0.0.1`,
	);
	using always = taking(Infinity);
	await expect(startOnFreePort(HOST, "--test", always.start)).rejects.toThrow("EADDRINUSE");
	expect(always.bound).toHaveLength(5);
});
