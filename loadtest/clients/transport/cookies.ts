/** The cookies of one client, kept as a browser keeps them: by domain, path, expiry and `Secure` (RFC 6265). */
import type { ClientRequest, IncomingMessage } from "node:http";
import { CookieJar } from "tough-cookie";

/** Cookies over all requests and reconnections of one client. */
export class Cookies {
	/** Made for the first cookie: most targets set none, and clients are many. */
	#jar: CookieJar | null = null;

	/** Stores what an answer to a request for `path` sets. */
	store({ headers }: Pick<IncomingMessage, "headers">, path: string, target: URL): void {
		for (const line of headers["set-cookie"] ?? []) {
			this.#jar ??= new CookieJar();
			this.#jar.setCookieSync(line, new URL(path, target).href, { ignoreError: true });
		}
	}

	/** Adds the cookies for a request to its own `Cookie` header; a cookie of the target replaces one of the same name. */
	addTo(request: Pick<ClientRequest, "path" | "getHeader" | "setHeader">, target: URL): void {
		const kept = this.#jar?.getCookiesSync(new URL(request.path, target).href) ?? [];
		if (kept.length === 0) return;
		const names = new Set(kept.map(({ key }) => key));
		const given = String(request.getHeader("cookie") ?? "")
			.split(/;\s*/)
			.filter((pair) => pair !== "" && !names.has(pair.split("=")[0]!));
		request.setHeader("cookie", [...given, ...kept.map((cookie) => cookie.cookieString())].join("; "));
	}

	/** The values of all cookies, which messages must not repeat. */
	values(): string[] {
		return this.#jar?.serializeSync()?.cookies.map(({ value }) => String(value)) ?? [];
	}
}
