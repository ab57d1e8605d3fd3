/** Progress on stderr: a screen that redraws itself on a terminal, now and then a line elsewhere. */
import { type LiveView, renderLine, renderScreen } from "./live.ts";

/** Seconds between two lines of a log. */
const INTERVAL = 5;

/** What a run's hooks draw on. */
export interface Screen {
	/** What goes on now: a terminal's view says it already. */
	progress(line: string): void;
	/** What must be read: stays. */
	note(line: string): void;
	live(view: LiveView): void;
	/** Leaves what is on the screen and goes on below it. */
	end(): void;
}

/** The screen for `stream`; silent when `quiet`. */
export function screenOn(stream: NodeJS.WriteStream, quiet: boolean): Screen {
	if (quiet) return { progress: () => {}, note: () => {}, live: () => {}, end: () => {} };
	return stream.isTTY ? new Terminal(stream) : new Log(stream);
}

class Log implements Screen {
	readonly #stream: NodeJS.WriteStream;
	#seconds = 0;

	constructor(stream: NodeJS.WriteStream) {
		this.#stream = stream;
	}

	progress(line: string): void {
		this.#stream.write(`${line}\n`);
	}

	note(line: string): void {
		this.progress(line);
	}

	live(view: LiveView): void {
		this.#seconds += 1;
		if (this.#seconds % INTERVAL === 0) this.#stream.write(`${renderLine(view)}\n`);
	}

	end(): void {}
}

class Terminal implements Screen {
	readonly #stream: NodeJS.WriteStream;
	#lines = 0;

	constructor(stream: NodeJS.WriteStream) {
		this.#stream = stream;
	}

	progress(): void {}

	note(line: string): void {
		this.#stream.write(`${line}\n`);
		this.#lines = 0;
	}

	live(view: LiveView): void {
		const text = renderScreen(view)
			.split("\n")
			.map((line) => `${line.slice(0, (this.#stream.columns || 80) - 1)}\u001b[K`)
			.join("\n");
		const up = this.#lines > 0 ? `\u001b[${this.#lines}A\r` : "";
		this.#stream.write(`${up}${text}\n`);
		this.#lines = text.split("\n").length;
	}

	end(): void {
		this.#lines = 0;
	}
}
