import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { onStrayError } from "../../../../loadtest/clients/client/own-code.ts";

const FILE = "/home/me/my scenarios é/mine.mjs";

test.each([FILE, pathToFileURL(FILE).href])(
	"an error in a listener of a scenario is known as its own by its stack: %s",
	(spelling) => {
		const error = new TypeError("hush");
		error.stack = `TypeError: hush\n    at Socket.<anonymous> (${spelling}:12:9)\n    at Socket.emit (node:events:1:1)`;
		const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
		onTestFinished(() => exit.mockRestore());
		const before = process.listeners("uncaughtException");
		const heard: string[] = [];
		const end = onStrayError(FILE, (text) => heard.push(text));
		const [listener] = process.listeners("uncaughtException").filter((one) => !before.includes(one));
		listener?.(error, "uncaughtException");
		end();
		expect(heard).toEqual(["a listener: TypeError in line 12"]);
		expect(exit).not.toHaveBeenCalled();
	},
);
