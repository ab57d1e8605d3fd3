/** One HTTPS (or http) request that accepts any certificate and returns the raw answer. */
import { type IncomingHttpHeaders, request as plain } from "node:http";
import { type Agent, request as secure } from "node:https";

export interface Answer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

export interface FetchOptions {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Milliseconds until it rejects. */
	readonly limit?: number;
}

/** Sends the request on a connection of its own, without redirects, retries or decoding. */
export function secureFetch(url: string, options: FetchOptions = {}): Promise<Answer> {
	const send = url.startsWith("https:") ? secure : plain;
	return new Promise((resolve, reject) => {
		const sent = send(
			url,
			{
				method: options.method ?? "GET",
				headers: options.headers ?? {},
				agent: false,
				rejectUnauthorized: false,
			},
			async (answer) => {
				try {
					const body = Buffer.concat(await answer.toArray()).toString("latin1");
					resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
				} catch (error) {
					reject(error as Error);
				}
			},
		);
		sent.setTimeout(options.limit ?? 10_000, () => sent.destroy(new Error(`no answer from ${url} in time`)));
		sent.on("error", reject);
		sent.end(options.body);
	});
}

/** The status of a GET. Resolves when the answer ended or broke off, as that of a node does that did not read the request. */
export function statusOf(agent: Agent, url: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = secure(url, { agent, rejectUnauthorized: false }, (answer) => {
			answer.resume();
			answer.once("close", () => resolve(answer.statusCode!));
		});
		sent.once("error", reject);
		sent.end();
	});
}
