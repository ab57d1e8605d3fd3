/** The waterfall of connection phases: the median of each phase, one bar per transport and path. */

import { PHASES } from "../../record/metrics.ts";
import type { Group, Result } from "../../record/result.ts";
import { showMs } from "../values/number.ts";
import { rowOf } from "../values/rows.ts";
import { type Chart, ticksOn, xAxis } from "./chart.ts";
import { lineStyle } from "./line-style.ts";
import { type Markup, markup } from "./markup.ts";
import { type Frame, linear, linearTicks, type Scale, tickText } from "./scale.ts";

/** One phase in a bar, in milliseconds from the start; `step` numbers the phase and selects its shade. */
interface Piece {
	phase: string;
	step: number;
	from: number;
	to: number;
}

interface Bar {
	name: string;
	colour: string;
	pieces: Piece[];
	upgrade: Piece | undefined;
	end: number;
}

const ROW = 34;
/** A row of the narrow legend, which has two columns. */
const KEY_ROW = 20;

/** The chart, or undefined where no connection was timed. */
export function waterfall(result: Result): Chart | undefined {
	const paths = result.plan.paths.map((path) => path.name);
	const bars = result.groups.map((group) => barOf(group, paths)).filter((bar) => bar.pieces.length > 0);
	if (bars.length === 0) return undefined;
	const height = 46 + bars.length * ROW;
	const keyed = 32 + Math.ceil(keysOf(bars).length / 2) * KEY_ROW;
	return {
		id: "waterfall",
		title: "Where does connection time go? Median of each phase",
		description: bars.map((bar) => `${bar.name}: ${bar.pieces.map(pieceText).join(", ")}`).join("; "),
		caption: `Each phase starts where the previous one ended. ${bars.some(({ upgrade }) => upgrade) ? "The thin bar is the upgrade to WebSocket, which runs beside the other phases from the Engine.IO handshake on. " : ""}Medians of phases need not add up to the median of the total.`,
		draw: (frame) => draw(frame, bars),
		wide: { width: 980, height: height + 70, left: 150, right: 60, top: 40, bottom: 48 },
		narrow: { width: 400, height: height + 38 + keyed, left: 118, right: 40, top: keyed, bottom: 48 },
	};
}

function barOf(group: Group, paths: string[]): Bar {
	const { colour, name } = lineStyle(group.transport, paths, group.path);
	const pieces: Piece[] = [];
	let at = 0;
	let handshakeEnd = 0;
	PHASES.forEach(([metric, phase], step) => {
		const median = rowOf(group, metric)?.p50;
		if (median === null || median === undefined || median === 0) return;
		pieces.push({ phase, step, from: at, to: at + median });
		at += median;
		if (metric === "engine_handshake") handshakeEnd = at;
	});
	const took = rowOf(group, "upgrade")?.p50;
	const upgrade =
		took === null || took === undefined
			? undefined
			: { phase: "upgrade", step: PHASES.length, from: handshakeEnd, to: handshakeEnd + took };
	return { name, colour, pieces, upgrade, end: Math.max(at, upgrade?.to ?? 0) };
}

function draw(frame: Frame, bars: Bar[]): Markup {
	const longest = Math.max(...bars.map((bar) => bar.end));
	const x = linear([0, longest], [frame.left, frame.width - frame.right]);
	const ticks = linearTicks(0, longest, frame.width > 600 ? 8 : 4);
	const rows = bars.map((bar, at) => barAt(bar, x, frame.top + 12 + at * ROW));
	return markup`${legend(frame, bars)}${xAxis(frame, ticksOn(x, ticks, tickText), "milliseconds")}${rows}`;
}

function barAt(bar: Bar, x: Scale, y: number): Markup {
	const pieces = bar.pieces.map((piece) => {
		const width = Math.max(0.5, x(piece.to) - x(piece.from));
		const text = showMs(piece.to - piece.from);
		const label =
			width > text.length * 7 + 6
				? markup`<text class="in step${piece.step}" x="${x(piece.from) + width / 2}" y="${y + 14}" text-anchor="middle">${text}</text>`
				: "";
		return markup`<rect class="phase step${piece.step}" x="${x(piece.from)}" y="${y}" width="${width.toFixed(1)}" height="20"><title>${pieceText(piece)}</title></rect>${label}`;
	});
	const { upgrade } = bar;
	const beside =
		upgrade === undefined
			? ""
			: markup`<rect class="beside" x="${x(upgrade.from)}" y="${y + 22}" width="${(x(upgrade.to) - x(upgrade.from)).toFixed(1)}" height="5"><title>${pieceText(upgrade)}</title></rect>`;
	return markup`<text class="label ${bar.colour}" x="${x(0) - 10}" y="${y + 14}" text-anchor="end">${bar.name}</text>${pieces}${beside}<text x="${x(bar.end) + 6}" y="${y + 14}">${showMs(bar.end)}</text>`;
}

/** What the legend explains: the phases that some bar has. */
function keysOf(bars: Bar[]) {
	const used = PHASES.map(([, phase], step) => ({ phase, step })).filter(({ step }) =>
		bars.some((bar) => bar.pieces.some((piece) => piece.step === step)),
	);
	const keys = used.map(({ phase, step }) => ({ phase, mark: `phase step${step}`, height: 11 }));
	if (bars.some((bar) => bar.upgrade !== undefined))
		keys.push({ phase: "upgrade", mark: "beside", height: 5 });
	return keys;
}

function legend(frame: Frame, bars: Bar[]): Markup {
	const keys = keysOf(bars);
	const narrow = frame.width < 600;
	const column = narrow ? 190 : 0;
	const perRow = narrow ? 2 : keys.length;
	let next = frame.left;
	return markup`${keys.map(({ phase, mark, height }, at) => {
		const x = narrow ? 6 + (at % perRow) * column : next;
		next += 44 + phase.length * 6.6;
		const y = 6 + Math.floor(at / perRow) * KEY_ROW;
		return markup`<rect class="${mark}" x="${x}" y="${y + (11 - height) / 2}" width="16" height="${height}"/><text x="${x + 22}" y="${y + 10}">${phase}</text>`;
	})}`;
}

function pieceText(piece: Piece): string {
	return `${piece.phase} ${showMs(piece.to - piece.from)} ms`;
}
