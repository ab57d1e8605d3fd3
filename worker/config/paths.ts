/** Paths as nodes read them, for comparing. What is sent to a node stays as the client wrote it. */

/**
 * The path percent-decoded once, as WSGI and ASGI servers, nginx and many frameworks read it. Escapes that are
 * not UTF-8 stay as they are, as do invalid ones.
 */
export function decodePath(path: string): string {
	if (!path.includes("%")) return path;
	try {
		return decodeURIComponent(path);
	} catch {
		return path.replace(ASCII_ESCAPE, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
	}
}

const ASCII_ESCAPE = /%[0-7][0-9a-f]/gi;

/**
 * One spelling for all decoded paths that some node reads as the same: in lower case, with backslashes as slashes, and
 * without parameters (`;…`), repeated or trailing slashes and dot segments.
 */
export function plainPath(decodedPath: string): string {
	let plain = decodedPath.toLowerCase();
	// Each step first looks whether it has something to do, since most paths are plain and some are very long.
	if (plain.includes(";")) plain = plain.replace(/;[^\\/]*/g, "");
	if (/\\|\/\//.test(plain)) plain = plain.replace(/[\\/]+/g, "/");
	if (plain.includes("/.")) plain = withoutDotSegments(plain);
	return plain.length > 1 && plain.endsWith("/") ? plain.slice(0, -1) : plain;
}

function withoutDotSegments(path: string): string {
	const kept: string[] = [];
	for (const segment of path.split("/")) {
		if (segment === "..") kept.pop();
		else if (segment !== "" && segment !== ".") kept.push(segment);
	}
	return `/${kept.join("/")}`;
}
