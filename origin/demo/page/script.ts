/** The page's script, sent to the browser unchanged: opens a socket, sends an echo every second, shows the results. */
export const script = `
const $ = (id) => document.getElementById(id);
const transports = { upgrade: ["polling", "websocket"], polling: ["polling"], websocket: ["websocket"] };
let socket, count = 0, roundTrips = [];

function log(text) {
  const line = document.createElement("li");
  line.textContent = new Date().toLocaleTimeString() + "  " + text;
  $("log").prepend(line);
  while ($("log").children.length > 8) $("log").lastChild.remove();
}

function draw() {
  const top = Math.max(...roundTrips, 1);
  const points = roundTrips.map((ms, i) => (i * 300 / 59).toFixed(1) + "," + (58 - ms / top * 54).toFixed(1));
  $("chart").innerHTML = '<polyline points="' + points.join(" ") + '"/>';
}

function connect(transport) {
  if (socket) socket.disconnect();
  roundTrips = [];
  draw();
  socket = io({ transports: transports[transport], forceNew: true });
  const opened = socket;
  opened.on("connect", () => {
    opened.io.engine.once("upgrade", () => { show(opened); log("upgraded to websocket"); });
    show(opened);
    echo("connected");
  });
  opened.on("disconnect", (reason) => {
    if (opened !== socket) return;
    document.body.classList.remove("on");
    $("state").textContent = reason;
    log("disconnected: " + reason);
  });
  opened.on("connect_error", (error) => { $("state").textContent = error.message; log("cannot connect: " + error.message); });
  opened.on("broadcast", (payload) => log("broadcast: " + String(payload)));
}

function show(opened) {
  opened.emit("whoami", (who) => {
    if (opened !== socket) return;
    document.body.classList.add("on");
    const hue = [...who.node].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 7);
    document.documentElement.style.setProperty("--hue", String(hue * 47 % 360));
    $("node").textContent = who.node;
    $("transport").textContent = who.transport;
    $("tag").textContent = opened.io.engine.id.slice(0, 3);
    $("state").textContent = "connected";
    log("session on " + who.node + " over " + who.transport);
  });
}

function echo(text, isManual) {
  const sent = performance.now();
  socket.timeout(5000).emit("echo", text, (error, echoed) => {
    if (error) return;
    const ms = performance.now() - sent;
    count += 1;
    roundTrips = [...roundTrips, ms].slice(-60);
    $("rtt").textContent = ms.toFixed(1) + " ms";
    $("count").textContent = String(count);
    draw();
    if (isManual) log("echo: " + echoed + " (" + ms.toFixed(1) + " ms)");
  });
}

for (const button of document.querySelectorAll("[data-transport]"))
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-transport]"))
      other.setAttribute("aria-pressed", String(other === button));
    connect(button.dataset.transport);
  });
$("say").addEventListener("submit", (event) => { event.preventDefault(); echo($("text").value, true); });
$("broadcast").addEventListener("click", () => socket.emit("broadcast", $("text").value));
setInterval(() => { if (socket.connected) echo("tick"); }, 1000);
connect("upgrade");
`;
