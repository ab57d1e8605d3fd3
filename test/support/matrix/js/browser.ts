/** Chromium with the current socket.io-client, in a page of the edge's own origin. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import type { io as Io, Socket } from "socket.io-client";
import { startBrowser } from "../../report/browser.ts";
import { type Command, type Line, serve } from "./lines.ts";

/** The page's window, as far as it matters here: this project has no types of the DOM. */
declare const window: { io: typeof Io; socket: Socket; print: (line: unknown) => void };

const CLIENT = createRequire(import.meta.url).resolve("socket.io-client/dist/socket.io.js");
const script = readFile(CLIENT, "utf8");
const starting = startBrowser();
const pages = new Map<number, Promise<Page>>();

serve(async (command, print) => {
	const { session } = command;
	if (command.do === "connect") pages.set(session, openPage(command, print));
	const page = await pages.get(session)!;
	if (command.do === "ask") await page.evaluate(ask, command);
	else if (command.do === "binary") await page.evaluate(sendBytes, command.bytes);
	else if (command.do === "close") await page.close();
});

/** Engine.IO's own 400 is a document of the edge's origin that every node has; the client runs in it. */
async function openPage(command: Command & { do: "connect" }, print: (line: Line) => void): Promise<Page> {
	const page = await (await starting).newPage({ ignoreHTTPSErrors: true });
	await page.goto(new URL("/socket.io/?EIO=4&transport=none", command.url).href);
	await page.exposeFunction("print", (line: object) => print({ session: command.session, ...line } as Line));
	await page.evaluate(await script);
	await page.evaluate(open, command.transports);
	return page;
}

// The following functions run in the page, so they use nothing outside themselves.

function open(transports: string[]): void {
	window.socket = window.io({ transports, forceNew: true });
	window.socket.on("connect", () => window.print({ on: "connect" }));
	window.socket.on("connect_error", (error) => window.print({ on: "error", text: error.message }));
	window.socket.on("disconnect", (reason) => window.print({ on: "disconnect", text: reason }));
	window.socket.on("binary", (bytes: ArrayBuffer) =>
		window.print({ on: "binary", bytes: btoa(String.fromCharCode(...new Uint8Array(bytes))) }),
	);
}

function ask({ event, text }: { event: string; text: string }): void {
	window.socket.emit(event, text, (answer: string) => window.print({ on: "ack", text: answer }));
}

function sendBytes(base64: string): void {
	window.socket.emit(
		"binary",
		Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
	);
}
