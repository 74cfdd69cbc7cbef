// A box above each long table, which shows the rows that have all the words that are typed.
"use strict";

const LONG = 60; // rows

const normal = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, " ");

function addFilter(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < LONG) return;
  const texts = rows.map((row) => normal(row.textContent));
  const box = Object.assign(document.createElement("input"), {
    type: "search",
    className: "filter",
    placeholder: `Filter ${rows.length} rows, for example: environment deploy`,
  });
  box.setAttribute("aria-label", "Filter the table");
  const count = Object.assign(document.createElement("p"), { className: "filter-count" });
  count.setAttribute("role", "status");
  const show = () => {
    const words = normal(box.value).split(" ").filter(Boolean);
    const shown = rows.filter((row, index) => {
      row.hidden = !words.every((word) => texts[index].includes(word));
      return !row.hidden;
    });
    count.textContent = words.length ? `${shown.length} of ${rows.length}` : "";
  };
  box.addEventListener("input", show);
  (table.closest(".table-wrapper") ?? table).before(box, count);
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("article table").forEach(addFilter));
