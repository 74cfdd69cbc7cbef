// The order of search results: a guide before the reference, unless the title of the reference is what was asked for.
var Scorer = {
  score: ([page, , , , score]) => score + (page.startsWith("reference/") || page.startsWith("examples/") ? 0 : 6),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
