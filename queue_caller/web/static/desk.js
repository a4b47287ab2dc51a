"use strict";
const words = {closed: "未开窗", free: "空闲", calling: "正在叫", serving: "办理中", paused: "暂停接待"};
const $ = id => document.getElementById(id);
let busy = false;
function show(state) {
  document.body.className = state.state;
  $("word").textContent = words[state.state] || state.state;
  $("ticket").textContent = state.ticket || "—";
  $("count").textContent = state.count > 1 ? `第 ${state.count} 次呼叫` : "";
  $("link").textContent = state.up ? "" : "叫号引擎没有应答，按键会在恢复后送到";
  $("asof").textContent = state.as_of ? `数据截至 ${state.as_of}` : "";
  $("queues").replaceChildren(...state.queues.map(queue => {
    const row = document.createElement("li");
    row.append(queue.name, Object.assign(document.createElement("b"), {textContent: `${queue.waiting} 人`}));
    return row;
  }));
  let first = true;
  for (const form of document.forms) {
    form.hidden = !state.offered.includes(form.id);
    form.classList.toggle("first", !form.hidden && first);
    if (!form.hidden) first = false;
  }
}
async function press(form) {
  if (busy || form.hidden || !form.reportValidity()) return;
  busy = true;
  $("said").textContent = "";
  try {
    const answer = await fetch(`/do/${form.id}`, {method: "POST", body: new FormData(form)});
    $("said").textContent = (await answer.json()).said;
  } catch (error) {
    $("said").textContent = "没有送到，请再按一次";
  } finally { busy = false; }
}
for (const form of document.forms) form.addEventListener("submit", event => { event.preventDefault(); press(form); });
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.altKey || event.metaKey || /^(INPUT|SELECT)$/.test(event.target.tagName)) return;
  const form = [...document.forms].find(one => !one.hidden && one.dataset.key === event.key.toLowerCase());
  if (!form) return;
  event.preventDefault();
  const field = form.querySelector("input,select");
  if (field) field.focus(); else press(form);
});
new EventSource("/news").onmessage = event => show(JSON.parse(event.data));
