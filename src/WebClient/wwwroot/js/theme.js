// Before the first picture, so that a dark page does not begin light.
const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
