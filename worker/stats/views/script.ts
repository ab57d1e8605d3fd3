/**
 * The statistics page's script. Every 5 s, while the page is visible, it fetches the live part and updates only what
 * changed, so that nothing flickers, scrolls or loses focus. Elements with `data-key` are found again by it: a deploy may
 * reorder nodes, and a button must keep acting on the node beside whose name it stands.
 */
export const SCRIPT = `
const stale=document.getElementById("stale");
const keyOf=(node)=>node.nodeType===1?node.getAttribute("data-key"):null;
function patch(old,fresh){
	if(old.nodeType===3){if(old.data!==fresh.data)old.data=fresh.data;return}
	for(const {name} of [...old.attributes])if(!fresh.hasAttribute(name))old.removeAttribute(name);
	for(const {name,value} of fresh.attributes)if(old.getAttribute(name)!==value)old.setAttribute(name,value);
	patchChildren(old,fresh);
}
function patchChildren(old,fresh){
	const keyed=new Map([...old.children].filter(keyOf).map((child)=>[keyOf(child),child]));
	let at=old.firstChild;
	for(const child of [...fresh.childNodes]){
		const key=keyOf(child);
		const found=key===null?(at!==null&&keyOf(at)===null?at:null):keyed.get(key);
		if(!found||found.nodeName!==child.nodeName){old.insertBefore(child,at);continue}
		if(found===at)at=at.nextSibling;else old.insertBefore(found,at);
		patch(found,child);
	}
	while(at!==null){const next=at.nextSibling;at.remove();at=next}
}
async function refresh(){
	if(document.hidden)return;
	try{
		const answer=await fetch("stats/live",{cache:"no-store"});
		if(!answer.ok)throw new Error("HTTP "+answer.status);
		const fresh=document.createElement("div");
		fresh.innerHTML=await answer.text();
		const focused=document.activeElement;
		patchChildren(document.getElementById("live"),fresh);
		if(focused!==document.activeElement&&focused.isConnected)focused.focus({preventScroll:true});
		stale.textContent="";
	}catch(error){stale.textContent="not refreshed: "+error.message}
}
setInterval(refresh,5000);
document.addEventListener("visibilitychange",refresh);
document.addEventListener("click",async(event)=>{
	const button=event.target.closest("button[data-node]");
	if(!button||button.getAttribute("aria-pressed")==="true")return;
	const {node,state}=button.dataset;
	const name=prompt("Set "+node+" to "+(state||"its configured weight")+"? Your name, for the log:",sessionStorage.operator||"");
	if(!name||!name.trim())return;
	sessionStorage.operator=name;
	const answer=await fetch("nodes/"+node,{method:"POST",headers:{"content-type":"application/json","x-edge-operator":name},body:JSON.stringify(state?{state}:{weight:null})});
	if(!answer.ok)alert((await answer.json()).message);
	refresh();
});
`;
