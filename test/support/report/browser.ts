/** A real browser that opens reports from disk and records what goes wrong in them. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

/** The path of a Chromium executable, or undefined. */
export const CHROMIUM = [process.env["CHROMIUM_BIN"] ?? "", ...PLACES].find((place) => existsSync(place));

/** Starts the browser; the caller closes it. */
export function startBrowser(): Promise<Browser> {
	return chromium.launch({ executablePath: CHROMIUM ?? "chromium", args: FLAGS });
}

/** A page opened from disk, with its console messages, errors and requests. */
export interface Opened {
	page: Page;
	complaints: string[];
	requests: string[];
}

/** Opens a file and waits until it is loaded. */
export async function openFile(
	browser: Browser,
	file: string,
	options: BrowserContextOptions = {},
): Promise<Opened> {
	const page = await browser.newPage(options);
	const complaints: string[] = [];
	const requests: string[] = [];
	page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("request", (request) => requests.push(request.url()));
	await page.goto(`file://${file}`);
	return { page, complaints, requests };
}
