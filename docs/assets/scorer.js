// The order of search results: what has just the title that was asked for, and guides before the reference. A path of
// the API leads to the table of operations.
function bonus(page, title) {
  const asked = (new URLSearchParams(location.search).get("q") ?? "").trim().toLowerCase();
  if (page === "reference/operations") return asked.includes("/") ? 50 : 0;
  const exact = title.toLowerCase().split(" > ").at(-1) === asked ? 10 : 0;
  return exact + (/^(reference\/|examples\/|changelog$|chaos$|contributing$|security$)/.test(page) ? 0 : 12);
}

var Scorer = {
  score: ([page, title, , , score]) => score + bonus(page, title),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
