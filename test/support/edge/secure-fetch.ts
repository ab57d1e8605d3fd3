/** One HTTPS (or http) request that accepts any certificate and returns the raw answer. */
import { type IncomingHttpHeaders, request as plain } from "node:http";
import { request as secure } from "node:https";

export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface Ask {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Milliseconds until it rejects. */
	readonly limit?: number;
}

/** Sends the request on a connection of its own, without redirects, retries or decoding. */
export function secureFetch(url: string, ask: Ask = {}): Promise<Answer> {
	const send = url.startsWith("https:") ? secure : plain;
	return new Promise((resolve, reject) => {
		const sent = send(
			url,
			{ method: ask.method ?? "GET", headers: ask.headers ?? {}, agent: false, rejectUnauthorized: false },
			async (answer) => {
				try {
					const body = Buffer.concat(await answer.toArray()).toString("latin1");
					resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
				} catch (error) {
					reject(error as Error);
				}
			},
		);
		sent.setTimeout(ask.limit ?? 10_000, () => sent.destroy(new Error(`no answer from ${url} in time`)));
		sent.on("error", reject);
		sent.end(ask.body);
	});
}
