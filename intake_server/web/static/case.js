"use strict";
const shown = document.getElementById("case");
const source = new EventSource(shown.dataset.stream);
source.addEventListener("case", (event) => {
  if (shown.contains(document.activeElement) && document.activeElement.type === "file") return;
  const open = shown.querySelector("details")?.open;
  shown.innerHTML = JSON.parse(event.data);
  if (open && shown.querySelector("details")) shown.querySelector("details").open = true;
});
