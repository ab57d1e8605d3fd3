/** Forward proxies that the environment names: a run through one would measure the proxy, so it is refused. */
import { UsageError } from "../../worker/command-line/command.ts";
import type { Path } from "./load-group.ts";
import { isLoopback } from "./paths.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Throws a UsageError for the first target that a proxy of the environment would serve. */
export function refuseProxy(paths: readonly Path[], env: Env): void {
	for (const url of paths.flatMap(({ urls }) => urls)) {
		const { protocol, hostname } = new URL(url);
		const scheme = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
		const variable = [scheme, scheme.toLowerCase()].find((name) => (env[name] ?? "") !== "");
		if (variable === undefined || isLoopback(url) || isExempt(new URL(url), env)) continue;
		throw new UsageError(
			`${variable} is set, and NO_PROXY does not cover ${hostname}: the swarm connects directly, because through a proxy it would measure the proxy; unset ${variable}, or add ${hostname} to NO_PROXY.`,
		);
	}
}

/** Whether NO_PROXY names the host: `*`, a host, a domain with or without a leading dot, each with or without a port. */
function isExempt({ hostname, port, protocol }: URL, env: Env): boolean {
	const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
	const ownPort = port || (protocol === "https:" ? "443" : "80");
	const entries = (env["NO_PROXY"] || env["no_proxy"] || "").toLowerCase().split(/[\s,]+/);
	return entries.filter(Boolean).some((entry) => {
		if (entry === "*") return true;
		if (entry === host || entry === `[${host}]`) return true;
		const [name = "", entryPort = ownPort] = entry.split(":");
		if (entryPort !== ownPort) return false;
		const domain = name.replace(/^\*?\./, "");
		return host === domain || host.endsWith(`.${domain}`);
	});
}
