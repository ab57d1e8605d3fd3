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

/** Paths for which `plainPath` has more to do than to change the case. */
const NEEDS_WORK = /[%\\;]|\/[./]|.\/$/;

/**
 * One spelling for all paths that some node reads as the same: decoded, in lower case, with backslashes as slashes,
 * and without parameters (`;…`), repeated or trailing slashes and dot segments.
 */
export function plainPath(path: string): string {
	if (!NEEDS_WORK.test(path)) return path.toLowerCase();
	const kept: string[] = [];
	for (const segment of decodePath(path).toLowerCase().split(/[\\/]/)) {
		const semicolon = segment.indexOf(";");
		const name = semicolon < 0 ? segment : segment.slice(0, semicolon);
		if (name === "..") kept.pop();
		else if (name !== "" && name !== ".") kept.push(name);
	}
	return `/${kept.join("/")}`;
}
