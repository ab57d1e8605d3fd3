/** A client's process, and the sessions in it: commands out, events back. */
import { EventEmitter, once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Mode } from "./clients.ts";
import type { Command, Line } from "./js/lines.ts";
import { type CommandLine, MatrixProcess } from "./process.ts";

type Distributed<T> = T extends unknown ? Omit<T, "session"> : never;

const TRANSPORTS: Readonly<Record<Mode, string[]>> = {
	polling: ["polling"],
	websocket: ["websocket"],
	upgrade: ["polling", "websocket"],
};

/** How often an event is emitted until its answer must be there. */
const TRIES = 3;

export class ClientProcess implements AsyncDisposable {
	readonly #process: MatrixProcess;
	readonly #sessions: ClientSession[] = [];
	#death: Error | null = null;

	/** `ca` is the file of a certificate that the client trusts. */
	constructor(id: string, command: CommandLine, ca: string) {
		const env = { ...process.env, SSL_CERT_FILE: ca, NODE_EXTRA_CA_CERTS: ca };
		this.#process = new MatrixProcess(`the client ${id}`, command, env);
		this.#process.lines.on("line", (text) => {
			const line = JSON.parse(text) as Line;
			this.#sessions[line.session]?.receive(line);
		});
		void this.#process.died.then((death) => {
			this.#death = death;
			for (const session of this.#sessions) session.wake();
		});
	}

	/** Why it has ended, unless the test ended it; null = it runs. */
	get death(): Error | null {
		return this.#death;
	}

	/** What it last wrote to stderr, as the end of a message. */
	get stderr(): string {
		return this.#process.stderr;
	}

	/** Begins to connect. `reopens`: if the client gives up, its process connects with a new one. */
	open(url: string, mode: Mode, reopens = false): ClientSession {
		const session = this.#sessions.length;
		const opened = new ClientSession(this, mode, (command) =>
			this.#process.write(JSON.stringify({ session, ...command })),
		);
		this.#sessions.push(opened);
		opened.send({ do: "connect", url, transports: TRANSPORTS[mode], ...(reopens && { reopens }) });
		return opened;
	}

	/** A client that hangs must not hang the test. */
	[Symbol.asyncDispose](): Promise<void> {
		return this.#process.endInput(2000);
	}
}

export class ClientSession {
	readonly mode: Mode;
	readonly #client: ClientProcess;
	readonly send: (command: Distributed<Command>) => void;
	readonly #arrivals = new EventEmitter();
	#lines: Line[] = [];
	/** Events without an answer in time. */
	#lost = 0;

	constructor(client: ClientProcess, mode: Mode, send: (command: Distributed<Command>) => void) {
		this.#client = client;
		this.mode = mode;
		this.send = send;
	}

	receive(line: Line): void {
		this.#lines.push(line);
		this.#arrivals.emit("line");
	}

	/** Lets pending waits see that the client has ended. */
	wake(): void {
		this.#arrivals.emit("line");
	}

	/** Forgets what has happened so far. */
	forget(): void {
		this.#lines = [];
		this.#lost = 0;
	}

	/** Waits for the next connection. */
	async connected(limitMs: number): Promise<void> {
		await this.#next(limitMs, ({ on }) => on === "connect");
	}

	/** Asks where it is until it is there, and returns its node. `isUpgraded`: it uses the transport that its mode ends with. */
	async settled(
		limitMs: number,
		isThere: (place: { readonly node: string; readonly isUpgraded: boolean }) => boolean,
	): Promise<string> {
		const transport = TRANSPORTS[this.mode].at(-1)!;
		for (const end = Date.now() + limitMs; ; await pause(50)) {
			const place = await this.#ask(end - Date.now(), "whoami", "", () => true);
			const [node, used] = place.split(" ") as [string, string];
			if (isThere({ node, isUpgraded: used === transport })) return node;
			if (Date.now() > end) throw new Error(`still ${place} after ${limitMs} ms; ${this.#recent()}`);
		}
	}

	/** Sends a text and waits until it is acknowledged unchanged. */
	async echo(limitMs: number, text: string): Promise<void> {
		await this.#ask(limitMs, "echo", text, (answer) => answer === text);
	}

	/** Sends bytes and waits until they come back unchanged. */
	async binary(limitMs: number, bytes: Buffer): Promise<void> {
		const sent = bytes.toString("base64");
		this.send({ do: "binary", bytes: sent });
		await this.#next(limitMs, (line) => line.on === "binary" && line.bytes === sent);
	}

	/** Throws if since `forget` the session or an event was lost, or an attempt to open the session failed. */
	undisturbed(): void {
		if (this.#lost > 0) throw new Error(`${this.#lost} unanswered events; ${this.#recent()}`);
		if (this.#lines.some(({ on }) => on === "disconnect" || on === "error")) throw new Error(this.#recent());
	}

	close(): void {
		this.send({ do: "close" });
	}

	/** Emits an event until it is acknowledged so, again and again, since one that is sent just before a disconnect is lost. */
	async #ask(
		limitMs: number,
		event: string,
		text: string,
		isAnswer: (text: string) => boolean,
	): Promise<string> {
		const isWanted = (line: Line) => line.on === "ack" && isAnswer(line.text);
		for (let attempt = 1; ; attempt++) {
			this.send({ do: "ask", event, text });
			try {
				const line = await this.#next(Math.ceil(limitMs / TRIES), isWanted);
				return (line as Line & { on: "ack" }).text;
			} catch (error) {
				if (attempt === TRIES) throw error;
				this.#lost += 1;
			}
		}
	}

	async #next(limitMs: number, isWanted: (line: Line) => boolean): Promise<Line> {
		const signal = AbortSignal.timeout(Math.max(limitMs, 1));
		for (;;) {
			const at = this.#lines.findIndex(isWanted);
			if (at >= 0) return this.#lines.splice(at, 1)[0]!;
			if (this.#client.death !== null) throw this.#client.death;
			await once(this.#arrivals, "line", { signal }).catch(() => {
				throw new Error(`not in ${limitMs} ms; ${this.#recent()}${this.#client.stderr}`);
			});
		}
	}

	#recent(): string {
		return `the last events were ${JSON.stringify(this.#lines.slice(-4))}`;
	}
}
