"use strict";
const live = document.getElementById("live");
const screens = document.getElementById("screens");
const lost = document.getElementById("lost");
const said = document.getElementById("said");
const source = new EventSource(live.dataset.stream);
source.onopen = () => { lost.hidden = true; };
source.onerror = () => { lost.hidden = false; };
source.addEventListener("live", (event) => { live.innerHTML = JSON.parse(event.data); });
source.addEventListener("screens", (event) => {
  const fresh = document.createElement("div");
  fresh.innerHTML = JSON.parse(event.data);
  const ids = (root) => [...root.querySelectorAll("[id]")].map((one) => one.id).join();
  if (ids(fresh) !== ids(screens)) { screens.replaceChildren(...fresh.childNodes); return; }
  for (const next of fresh.querySelectorAll("[id]")) {
    const shown = document.getElementById(next.id);
    if (shown.getAttribute("src") !== next.getAttribute("src")) shown.src = next.getAttribute("src");
  }
});
screens.addEventListener("click", async (event) => {
  const picture = event.target;
  if (picture.type !== "image") return;
  event.preventDefault();
  const form = picture.form, box = picture.getBoundingClientRect();
  const body = new URLSearchParams({ lang: form.elements.lang.value, shown: Math.round(box.width),
    x: Math.max(0, Math.round(event.clientX - box.left)), y: Math.max(0, Math.round(event.clientY - box.top)) });
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  said.textContent = answer.status === 404 ? "" : await answer.text();
});
