/** Progress on stderr: a view that redraws itself on a terminal, a line every few seconds elsewhere. */
import { type LiveView, renderLine, renderScreen } from "./live.ts";

/** Time between two lines of a log. */
const LOG_INTERVAL_S = 5;

/** Where a run shows its progress. */
export interface Screen {
	/** A step of the run; not shown on a terminal, whose view has it already. */
	progress(line: string): void;
	/** A line that stays. */
	note(line: string): void;
	live(view: LiveView): void;
	/** Leaves the view as it is; output continues below it. */
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
		if (this.#seconds % LOG_INTERVAL_S === 0) this.#stream.write(`${renderLine(view)}\n`);
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
