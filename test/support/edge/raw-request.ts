/** Requests of which only the status matters: as raw bytes over TLS, for what Node's client would not send, and as a GET. */
import { type Agent, request } from "node:https";
import { connect } from "node:tls";

/** Sends the bytes on a connection of their own. Resolves with the status once a head arrived; 0 = closed without one. */
export function sendRaw(edge: string, bytes: string, limitMs = 20_000): Promise<number> {
	const { hostname, port } = new URL(edge);
	return new Promise((resolve, reject) => {
		const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
		const timer = setTimeout(() => socket.destroy(new Error("no answer in time")), limitMs);
		socket.once("error", reject);
		socket.once("close", () => {
			clearTimeout(timer);
			resolve(0);
		});
		socket.once("data", (data) => {
			resolve(Number(/^HTTP\/1\.1 (\d{3}) /.exec(String(data))?.[1] ?? 0));
			socket.destroy();
		});
		socket.write(bytes, "latin1");
	});
}

/** The status of a GET. Resolves when the answer ended or broke off, as that of a node does that did not read the request. */
export function statusOf(agent: Agent, url: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = request(url, { agent, rejectUnauthorized: false }, (answer) => {
			answer.resume();
			answer.once("close", () => resolve(answer.statusCode!));
		});
		sent.once("error", reject);
		sent.end();
	});
}
