/** The cookies of one client, kept as a browser keeps them: by domain, path, expiry and `Secure` (RFC 6265). */
import type { ClientRequest, IncomingMessage } from "node:http";
import { CookieJar } from "tough-cookie";

/** As in the Fetch standard. */
const MAX_REDIRECTS = 20;

/** What a redirect to another origin must not carry there. */
const CREDENTIALS = ["authorization", "proxy-authorization", "cookie"];

/** The request that a redirect asks for (Fetch standard, "HTTP-redirect fetch"); null = the response is none. */
function redirected(request: Request, { status, headers: answered }: Response): Request | null {
	const location = answered.get("location");
	if (location === null || ![301, 302, 303, 307, 308].includes(status)) return null;
	const url = new URL(location, request.url);
	const headers = new Headers(request.headers);
	if (url.origin !== new URL(request.url).origin) for (const name of CREDENTIALS) headers.delete(name);
	if (status >= 307 || request.method === "GET" || request.method === "HEAD")
		return new Request(new Request(url, request), { headers });
	for (const name of ["content-type", "content-length"]) headers.delete(name);
	return new Request(url, { headers, signal: request.signal });
}

/** Cookies over all requests and reconnections of one client. */
export class Cookies {
	/** Made for the first cookie: most targets set none, and clients are many. */
	#jar: CookieJar | null = null;

	/** Stores what an answer to a request for `path` sets. */
	store({ headers }: Pick<IncomingMessage, "headers">, path: string, target: URL): void {
		this.#store(headers["set-cookie"] ?? [], new URL(path, target).href);
	}

	#store(lines: readonly string[], url: string): void {
		for (const line of lines) {
			this.#jar ??= new CookieJar();
			this.#jar.setCookieSync(line, url, { ignoreError: true });
		}
	}

	/** Node's fetch with these cookies, those of redirects included; addresses are relative to `base`. */
	fetchFor(base: URL): typeof fetch {
		return async (input, init) => {
			let request = new Request(typeof input === "string" ? new URL(input, base) : input, init);
			for (let redirects = 0; ; redirects++) {
				const cookies = this.#jar?.getCookieStringSync(request.url) ?? "";
				const sent = request.clone();
				if (cookies !== "") sent.headers.set("cookie", cookies);
				const response = await fetch(sent, { redirect: "manual" });
				this.#store(response.headers.getSetCookie(), request.url);
				const next = init?.redirect === "manual" ? null : redirected(request, response);
				if (next === null) return response;
				if (redirects === MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects`);
				// An answer that is not read would keep its connection.
				await response.body?.cancel();
				request = next;
			}
		};
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
