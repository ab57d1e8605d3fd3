/** Runs in the reader's browser: the same seconds as the static chart, to zoom by dragging. */
(() => {
	const source = document.getElementById("sticky-edge-seconds");
	const place = document.getElementById("zoom");
	if (source === null || place === null || typeof uPlot === "undefined") return;
	const { seconds, series } = JSON.parse(source.textContent ?? "");
	const choice = place.querySelector("select");
	const box = place.querySelector("div");
	const dark = matchMedia("(prefers-color-scheme: dark)");
	let plot;

	const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

	function draw() {
		plot?.destroy();
		const quantile = choice.value;
		const axis = {
			stroke: colour("soft"),
			grid: { stroke: colour("rule"), width: 1 },
			ticks: { show: false },
		};
		plot = new uPlot(
			{
				width: box.clientWidth,
				height: 340,
				scales: { x: { time: false }, y: { distr: 3 } },
				cursor: { drag: { x: true, y: false } },
				axes: [
					{ ...axis, label: "seconds of the run", labelSize: 20 },
					{ ...axis, label: "milliseconds", labelSize: 20, size: 56 },
				],
				series: [
					{ label: "second" },
					...series.map((each) => ({
						label: each.name,
						stroke: colour(each.colour),
						dash: each.dash,
						width: 2,
						points: { size: 5 },
						value: (_, value) => (value === null ? "–" : `${value} ms`),
					})),
				],
			},
			[seconds, ...series.map((each) => each[quantile])],
			box,
		);
	}

	place.hidden = false;
	draw();
	choice.addEventListener("change", draw);
	dark.addEventListener("change", draw);
	new ResizeObserver(() => plot?.setSize({ width: box.clientWidth, height: 340 })).observe(box);
})();
