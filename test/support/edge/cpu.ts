/** CPU time of a process, and what a request costs it. */
import { readdir, readFile } from "node:fs/promises";
import { type Agent, request } from "node:https";

/**
 * Milliseconds of CPU of all threads so far (proc(5), /proc/PID/task/TID/schedstat, nanoseconds): /proc/PID/stat
 * counts in ticks of 10 ms, too coarse for a few hundred requests. A thread that ended is missed; workerd keeps its own.
 */
export async function cpuOf(pid: number): Promise<number> {
	let sum = 0;
	for (const thread of await readdir(`/proc/${pid}/task`))
		sum += Number((await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8")).split(" ")[0]);
	return sum / 1e6;
}

/** One kept-alive request; resolves with its status once the answer is read. */
function once(url: string, method: string, agent: Agent, body: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = request(
			url,
			{
				method,
				agent,
				rejectUnauthorized: false,
				headers: {
					"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
					accept: "*/*",
					"accept-language": "en-US,en;q=0.5",
					...(body === ""
						? {}
						: { "content-type": "text/plain;charset=UTF-8", "content-length": body.length }),
				},
			},
			(response) => {
				response.resume();
				response.on("end", () => resolve(response.statusCode!));
			},
		);
		sent.on("error", reject);
		sent.end(body);
	});
}

/** Microseconds of the process's CPU for each of `count` requests over so many kept-alive connections. */
export async function costOf(
	pid: number,
	url: string,
	{
		method,
		body,
		count,
		agent,
		connections,
	}: { method: string; body: string; count: number; agent: Agent; connections: number },
): Promise<number> {
	const before = await cpuOf(pid);
	let left = count;
	const statuses = new Set<number>();
	const connection = async () => {
		while (left-- > 0) statuses.add(await once(url, method, agent, body));
	};
	await Promise.all(Array.from({ length: connections }, connection));
	if (statuses.size !== 1 || !statuses.has(200))
		throw new Error(`answers other than 200: ${[...statuses].join(", ")}`);
	return ((await cpuOf(pid)) - before) * (1000 / count);
}
