(() => {
  "use strict";
  const form = document.getElementById("filter");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const groups = Array.from(document.querySelectorAll("#endpoints tbody"), (body) => ({
    body,
    rows: Array.from(body.querySelectorAll("tr[data-access]"), (row) => ({
      row,
      text: body.rows[0].textContent.toLowerCase() + " " + row.textContent.toLowerCase(),
      access: row.dataset.access,
      findings: "findings" in row.dataset,
    })),
  }));
  const total = groups.reduce((sum, group) => sum + group.rows.length, 0);
  const number = new Intl.NumberFormat("en");

  // Every word has to be somewhere in the row, or be the namespace. What is not proved is shown with what is private, too.
  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const show = form.elements.show.value;
    let count = 0;
    for (const group of groups) {
      let visible = 0;
      for (const { row, text, access, findings } of group.rows) {
        const wanted = show === "all" || show === access || (show === "private" && access === "not proved") || (show === "findings" && findings);
        const matches = wanted && words.every((word) => text.includes(word));
        row.hidden = !matches;
        visible += matches;
      }
      group.body.hidden = visible === 0;
      count += visible;
    }
    shown.textContent = count === total ? `${number.format(total)} endpoints` : `${number.format(count)} of ${number.format(total)} endpoints`;
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = total === 0;
  apply();
})();
