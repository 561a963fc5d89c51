// Before the first picture, so that a dark page does not begin light.
const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;

// A download that failed, or a browser that forbids something, says nothing by itself.
const patience = 60_000;
setTimeout(() => {
  if (document.querySelector("#app > .starting")) document.getElementById("not-started").hidden = false;
}, patience);
