/** The page's script, run by the browser as it stands: a socket, an echo each second, and what they show. */
export const script = `
const $ = (id) => document.getElementById(id);
const transports = { upgrade: ["polling", "websocket"], polling: ["polling"], websocket: ["websocket"] };
let socket, count = 0, trips = [];

function log(text) {
  const line = document.createElement("li");
  line.textContent = new Date().toLocaleTimeString() + "  " + text;
  $("log").prepend(line);
  while ($("log").children.length > 8) $("log").lastChild.remove();
}

function draw() {
  const top = Math.max(...trips, 1);
  const points = trips.map((ms, i) => (i * 300 / 59).toFixed(1) + "," + (58 - ms / top * 54).toFixed(1));
  $("chart").innerHTML = '<polyline points="' + points.join(" ") + '"/>';
}

function connect(kind) {
  if (socket) socket.disconnect();
  trips = [];
  draw();
  socket = io({ transports: transports[kind], forceNew: true });
  const mine = socket;
  mine.on("connect", () => {
    mine.io.engine.once("upgrade", () => { show(mine); log("upgraded to websocket"); });
    show(mine);
    echo("connected");
  });
  mine.on("disconnect", (reason) => {
    if (mine !== socket) return;
    document.body.classList.remove("on");
    $("state").textContent = reason;
    log("disconnected: " + reason);
  });
  mine.on("connect_error", (error) => { $("state").textContent = error.message; log("cannot connect: " + error.message); });
  mine.on("broadcast", (payload) => log("broadcast: " + String(payload)));
}

function show(mine) {
  mine.emit("whoami", (who) => {
    if (mine !== socket) return;
    document.body.classList.add("on");
    const hue = [...who.node].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 7);
    document.documentElement.style.setProperty("--hue", String(hue * 47 % 360));
    $("node").textContent = who.node;
    $("transport").textContent = who.transport;
    $("tag").textContent = mine.io.engine.id.slice(0, 3);
    $("state").textContent = "connected";
    log("session on " + who.node + " over " + who.transport);
  });
}

function echo(text, spoken) {
  const sent = performance.now();
  socket.timeout(5000).emit("echo", text, (error, back) => {
    if (error) return;
    const ms = performance.now() - sent;
    count += 1;
    trips = [...trips, ms].slice(-60);
    $("rtt").textContent = ms.toFixed(1) + " ms";
    $("count").textContent = String(count);
    draw();
    if (spoken) log("echo: " + back + " (" + ms.toFixed(1) + " ms)");
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
