/** The local addresses that clients connect from: tried once, before the run. */
import { once } from "node:events";
import { connect, createServer, isIP } from "node:net";
import { UsageError } from "../../../worker/command-line/command.ts";
import { settingsFor } from "../../plan/path-settings.ts";
import { hostPort } from "../../plan/paths.ts";
import { LOOPBACK_SOURCES, type Plan } from "../../plan/plan.ts";

/**
 * The plan with sources that work. Those that `loopback` stands for are left out where they cannot be bound (macOS
 * has 127.0.0.1 alone) or do not reach a target (one that listens on ::1). Throws a UsageError for an address that
 * `--sources` names and that cannot be bound.
 */
export async function withUsableSources(plan: Plan): Promise<Plan> {
	const automatic = LOOPBACK_SOURCES.every((source) => plan.sources.includes(source));
	const named = automatic ? plan.sources.filter((one) => !LOOPBACK_SOURCES.includes(one)) : plan.sources;
	for (const source of named) {
		const code = await bindError(source);
		if (code !== null)
			throw new UsageError(
				`--sources ${source}: cannot be bound (${code}); give addresses of this host, or none for the system's choice.`,
			);
	}
	if (!automatic || (await loopbackWorks(plan))) return plan;
	return { ...plan, sources: named };
}

/** Tries the last one: a host has all of 127.0.0.0/8, or 127.0.0.1 alone. */
async function loopbackWorks(plan: Plan): Promise<boolean> {
	const source = LOOPBACK_SOURCES.at(-1)!;
	if ((await bindError(source)) !== null) return false;
	const targets = plan.paths.flatMap(({ name, urls }) => {
		const { resolve } = settingsFor(plan, name);
		return urls.map((url) => ({ url: new URL(url), address: resolve[hostPort(url)] }));
	});
	const reached = await Promise.all(
		targets.map(({ url, address }) => reaches(source, address ?? url.hostname, portOf(url), plan)),
	);
	return reached.every(Boolean);
}

async function bindError(address: string): Promise<string | null> {
	const server = createServer();
	try {
		await once(server.listen({ port: 0, host: address, exclusive: true }), "listening");
		return null;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? String(error);
	} finally {
		server.close();
	}
}

function reaches(source: string, host: string, port: number, { connectTimeout }: Plan): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host, port, localAddress: source, family: isIP(source) });
		const end = (reached: boolean) => {
			clearTimeout(timer);
			socket.destroy();
			resolve(reached);
		};
		const timer = setTimeout(() => end(false), connectTimeout * 1000);
		socket.once("connect", () => end(true)).once("error", () => end(false));
	});
}

function portOf({ port, protocol }: URL): number {
	return Number(port) || (protocol === "https:" ? 443 : 80);
}
