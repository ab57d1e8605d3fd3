/**
 * The statistics page's script. Every 5 s, while the page is visible, it fetches the live part and updates only the
 * cells that changed, so that nothing flickers, scrolls or loses focus.
 */
export const SCRIPT = `
const stale=document.getElementById("stale");
function patch(old,fresh){
	if(old.nodeType!==fresh.nodeType||old.nodeName!==fresh.nodeName||old.childNodes.length!==fresh.childNodes.length)return old.replaceWith(fresh.cloneNode(true));
	if(old.nodeType===3){if(old.data!==fresh.data)old.data=fresh.data;return}
	for(const name of ["class","aria-pressed"])if(old.getAttribute(name)!==fresh.getAttribute(name))fresh.hasAttribute(name)?old.setAttribute(name,fresh.getAttribute(name)):old.removeAttribute(name);
	[...old.childNodes].forEach((child,i)=>patch(child,fresh.childNodes[i]));
}
async function refresh(){
	if(document.hidden)return;
	try{
		const answer=await fetch("stats/live",{cache:"no-store"});
		if(!answer.ok)throw new Error("HTTP "+answer.status);
		const fresh=document.createElement("div");
		fresh.innerHTML=await answer.text();
		const old=document.getElementById("live");
		[...fresh.childNodes].length===old.childNodes.length?[...fresh.childNodes].forEach((child,i)=>patch(old.childNodes[i],child)):old.replaceChildren(...fresh.childNodes);
		stale.textContent="";
	}catch(error){stale.textContent="not refreshed: "+error.message}
}
setInterval(refresh,5000);
document.addEventListener("visibilitychange",refresh);
document.addEventListener("click",async(event)=>{
	const button=event.target.closest("button[data-state]");
	if(!button||button.getAttribute("aria-pressed")==="true")return;
	const {node,state}=button.dataset;
	const name=prompt("Set "+node+" to "+state+"? Your name, for the log:",sessionStorage.operator||"");
	if(!name||!name.trim())return;
	sessionStorage.operator=name;
	const answer=await fetch("nodes/"+node,{method:"POST",headers:{"content-type":"application/json","x-edge-operator":name},body:JSON.stringify({state})});
	if(!answer.ok)alert((await answer.json()).message);
	refresh();
});
`;
