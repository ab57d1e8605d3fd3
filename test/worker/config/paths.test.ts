import { describe, expect, it } from "vitest";
import { decodePath, plainPath } from "../../../worker/config/paths.ts";

describe("a path as nodes read it", () => {
	it.each([
		["/socket.io/", "/socket.io/"],
		["/%73ocket.io/", "/socket.io/"],
		["/%2573ocket.io/", "/%73ocket.io/"],
		["/a%2Fb", "/a/b"],
		["/%zz", "/%zz"],
		["/%73ocket.io/%zz", "/socket.io/%zz"],
		["/%73%e4", "/s%e4"],
		["/%c3%a4", "/ä"],
		["/%", "/%"],
	])("%s is %s", (path, read) => {
		expect(decodePath(path)).toBe(read);
	});
});

describe("the one spelling of a path", () => {
	it.each([
		["/", "/"],
		["/healthz", "/healthz"],
		["/HealthZ", "/healthz"],
		["/healthz/", "/healthz"],
		["/healthz//", "/healthz"],
		["//healthz", "/healthz"],
		["/%68ealthz", "/healthz"],
		["/%48EALTHZ", "/healthz"],
		["/healthz%2f", "/healthz"],
		["/x/../healthz", "/healthz"],
		["/x%2f..%2fhealthz", "/healthz"],
		["/./healthz/.", "/healthz"],
		["/../healthz", "/healthz"],
		["/healthz;a=b", "/healthz"],
		["/x;/..;/healthz;", "/healthz"],
		["/\\healthz\\", "/healthz"],
		["/%5chealthz", "/healthz"],
		["/healthz/x", "/healthz/x"],
		["/healthzx", "/healthzx"],
		["/.well-known/x", "/.well-known/x"],
		["/a.b/..c", "/a.b/..c"],
	])("%s is %s", (path, plain) => {
		expect(plainPath(decodePath(path))).toBe(plain);
	});
});
