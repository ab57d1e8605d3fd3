/**
 * The protocol of every client of the matrix, whatever its language: commands as JSON lines on stdin, events
 * as JSON lines on stdout. One process serves many sessions, which the test numbers.
 */
import { createInterface } from "node:readline";

export type Command = { readonly session: number } & (
	| {
			readonly do: "connect";
			readonly url: string;
			readonly transports: string[];
			/** If the client gives up, the process connects with a new one. */
			readonly reopens?: boolean;
	  }
	/** Emits an event with one text, and prints the text of its acknowledgement. */
	| { readonly do: "ask"; readonly event: string; readonly text: string }
	/** Emits the event "binary" with bytes (base64); the node sends them back with the same event. */
	| { readonly do: "binary"; readonly bytes: string }
	| { readonly do: "close" }
);

export type Line = { readonly session: number } & (
	| { readonly on: "connect" }
	| { readonly on: "ack"; readonly text: string }
	| { readonly on: "binary"; readonly bytes: string }
	| { readonly on: "disconnect" | "error"; readonly text: string }
);

/** Reads commands until stdin ends, which ends the process: it ends with the test, however that ends. */
export function serve(handle: (command: Command, print: (line: Line) => void) => void): void {
	const print = (line: Line) => console.log(JSON.stringify(line));
	createInterface(process.stdin)
		.on("line", (line) => handle(JSON.parse(line), print))
		.on("close", () => process.exit(0));
}
