/** CPU time of a process, in total and per request. */
import { readdir, readFile } from "node:fs/promises";
import { type Agent, request } from "node:https";

/**
 * Milliseconds of CPU of all threads so far, from /proc/PID/task/TID/schedstat (proc(5), nanoseconds). The ticks of
 * 10 ms in /proc/PID/stat are too coarse for a few hundred requests. Threads that ended are missing, but workerd
 * keeps its threads.
 */
export async function cpuOf(pid: number): Promise<number> {
	let sum = 0;
	for (const thread of await readdir(`/proc/${pid}/task`))
		sum += Number((await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8")).split(" ")[0]);
	return sum / 1e6;
}

/** Sends one request on a kept-alive connection. Resolves with its status once the answer is read. */
function sendOnce(url: string, method: string, agent: Agent, body: string): Promise<number> {
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

/** Microseconds of the process's CPU per request, for `count` requests over `connections` kept-alive connections. */
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
		while (left-- > 0) statuses.add(await sendOnce(url, method, agent, body));
	};
	await Promise.all(Array.from({ length: connections }, connection));
	if (statuses.size !== 1 || !statuses.has(200))
		throw new Error(`answers other than 200: ${[...statuses].join(", ")}`);
	return ((await cpuOf(pid)) - before) * (1000 / count);
}
