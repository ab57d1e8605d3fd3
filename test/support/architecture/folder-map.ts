/**
 * The README's map of folders: the fenced block below "Where things are". A line names one or more paths, then,
 * after two spaces or more, says what they are; indentation puts a path below the folder above it.
 */

/** Its paths from the project's root, folders with a slash at the end. Empty when there is no map. */
export function folderMap(readme: string): string[] {
	const block = /^#+ Where things are\n[\s\S]*?^```\w*\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? "";
	const above: { indent: number; folder: string }[] = [];
	return block
		.split("\n")
		.filter((line) => line.trim() !== "")
		.flatMap((line) => {
			const indent = line.search(/\S/);
			while (above.length > 0 && above.at(-1)!.indent >= indent) above.pop();
			const base = above.at(-1)?.folder ?? "";
			const names = line
				.trim()
				.split(/\s{2,}/)[0]!
				.split(" ");
			const paths = names.map((name) => base + name);
			const folder = paths.at(-1)!;
			if (folder.endsWith("/")) above.push({ indent, folder });
			return paths;
		});
}
