// A box above each long table, which shows the rows that have all the words that are typed; what has them in a row,
// such as a request that was pasted, stands first.
"use strict";

const LONG = 60; // rows

const normal = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();

function addFilter(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < LONG) return;
  const texts = new Map(rows.map((row) => [row, ` ${normal(row.textContent)} `]));
  const box = Object.assign(document.createElement("input"), {
    type: "search",
    className: "filter",
    placeholder: `Filter ${rows.length} rows, for example: environment deploy`,
  });
  box.setAttribute("aria-label", "Filter the table");
  const count = Object.assign(document.createElement("p"), { className: "filter-count" });
  count.setAttribute("role", "status");
  const show = () => {
    const asked = normal(box.value);
    const words = asked.split(" ");
    for (const row of rows) row.hidden = !words.every((word) => texts.get(row).includes(word));
    const first = rows.filter((row) => asked && texts.get(row).includes(` ${asked} `));
    table.tBodies[0].append(...first, ...rows.filter((row) => !first.includes(row)));
    count.textContent = asked ? `${rows.filter((row) => !row.hidden).length} of ${rows.length}` : "";
  };
  box.addEventListener("input", show);
  (table.closest(".table-wrapper") ?? table).before(box, count);
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("article table").forEach(addFilter));
